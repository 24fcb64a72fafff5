#include "batch/submit_description.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "batch/glob.hpp"
#include "batch/submit_commands.hpp"
#include "batch/submit_lines.hpp"
#include "batch/submit_macros.hpp"
#include "batch/submit_queue.hpp"
#include "batch/submit_words.hpp"

namespace tw {

namespace {

Error mistake(std::string what, std::string hint = {}) {
    return Error{Code::invalid, std::move(what), {}, {}, 0, std::move(hint)};
}

class Reader {
public:
    Reader(const std::string& text, const std::string& file, FileSystem& fs, const std::string& directory,
           std::int64_t cluster)
        : lines_(submit_lines(text)),
          file_(file),
          fs_(fs),
          directory_(directory),
          cluster_(std::to_string(cluster)),
          macros_(fs.root() + "/" + directory) {}

    Result<SubmitDescription> read();

private:
    Status statement(const SubmitLine& line);
    Status assignment(const std::string& key, const std::string& value, int line);
    Status queue(const SubmitLine& line);
    Status queue_item(const SubmitQueue& queue, const SubmitQueueItem& item, std::int64_t step);
    void set_variables(const SubmitQueue& queue, const SubmitQueueItem& item, std::int64_t step);
    Status fill(SubmitItem& item);
    Result<std::string> value_of(const SubmitCommand& command);
    Result<std::string> input_name(const SubmitQueue& queue, const SubmitQueueItem& item);
    Status check_names() const;
    tl::unexpected<Error> at(int line, Error error) const;
    tl::unexpected<Error> at(const SubmitCommand& command, Error error) const;

    std::vector<SubmitLine> lines_;
    const std::string& file_;
    FileSystem& fs_;
    const std::string& directory_;
    std::string cluster_;
    SubmitMacros macros_;
    SubmitDescription result_;
    std::size_t next_ = 0;              // the line to read next
    std::vector<SubmitLine> unknown_;   // keys that must turn out to be macros
    std::set<std::string> referenced_;  // lower case
    bool queued_ = false;
};

// What a deeper place has said about the line is kept.
tl::unexpected<Error> Reader::at(int line, Error error) const {
    error.file = file_;
    if (error.line == 0) error.line = line;
    return fail(std::move(error));
}

// Where the command's value was written; the queue statement for one of its variables.
tl::unexpected<Error> Reader::at(const SubmitCommand& command, Error error) const {
    const SubmitMacros::Macro* macro = nullptr;
    for (const std::string& name : command) {
        if (!macro) macro = macros_.find(name);
    }
    return at(macro ? macro->line : 0, std::move(error));
}

Result<SubmitDescription> Reader::read() {
    for (const SubmitLine& line : lines_) collect_references(line.text, referenced_);
    while (next_ < lines_.size()) {
        const SubmitLine& line = lines_[next_++];
        if (auto done = statement(line); !done) return at(line.number, done.error());
    }
    if (auto checked = check_names(); !checked) return fail(checked.error());
    if (!queued_) {
        return at(0,
                  mistake("there is no queue statement, so nothing would run", "end the file with 'queue'"));
    }
    return std::move(result_);
}

Status Reader::statement(const SubmitLine& line) {
    std::string key, value;
    if (line.text.find('\0') != std::string::npos) return fail(mistake("the line contains a NUL byte"));
    if (!valid_utf8(line.text)) return fail(mistake("the line is not UTF-8", "write the file in UTF-8"));
    if (is_queue_line(line.text)) return queue(line);
    if (split_assignment(line.text, key, value)) return assignment(key, value, line.number);
    const std::string word = lower_case(line.text.substr(0, line.text.find_first_of(" \t:@(")));
    for (const char* directive : {"include", "if", "elif", "else", "endif", "use", "error", "warning"}) {
        if (word == directive) {
            return fail(
                mistake(fmt::format("'{}' is not understood here", word), "generate the file without it"));
        }
    }
    if (line.text.find("@=") != std::string::npos) {
        return fail(
            mistake("values over several lines (@=) are not understood", "end the lines with \\ instead"));
    }
    return fail(
        mistake(fmt::format("'{}' is neither NAME = VALUE nor a queue statement", line.text.substr(0, 60))));
}

Status Reader::assignment(const std::string& key, const std::string& value, int line) {
    if (is_ignored_command(key)) {
        auto& names = result_.ignored;
        if (std::find(names.begin(), names.end(), key) == names.end()) names.push_back(key);
    } else if (!is_used_command(key)) {
        unknown_.push_back({line, key});
    }
    macros_.define(key, value, line);  // every command is a macro as well
    return {};
}

// A key that nothing refers to is a misspelt command.
Status Reader::check_names() const {
    for (const SubmitLine& key : unknown_) {
        if (referenced_.contains(lower_case(key.text))) continue;
        std::string meant = did_you_mean(lower_case(key.text), submit_command_names());
        std::string hint = meant.empty() ? "" : fmt::format("did you mean '{}'?", meant);
        return at(key.number,
                  mistake(fmt::format("'{0}' is neither a command nor used as $({0})", key.text), hint));
    }
    return {};
}

Status Reader::queue(const SubmitLine& line) {
    queued_ = true;
    macros_.clear_variables();
    auto text = macros_.expand(std::string_view(line.text).substr(5));
    if (!text) return fail(text.error());
    auto head = parse_submit_queue(*text);
    if (!head) return fail(head.error());
    for (const std::string& name : head->variables) referenced_.insert(lower_case(name));
    auto items = submit_queue_items(*head, lines_, next_, fs_, directory_);
    if (!items) return fail(items.error());
    std::int64_t had = static_cast<std::int64_t>(result_.items.size());
    std::int64_t more = static_cast<std::int64_t>(items->size());
    if (head->count > 0 && more > (most_submit_items - had) / head->count) {
        return fail(mistake(fmt::format("more than {} jobs are queued", most_submit_items)));
    }
    if (more * head->count > most_submit_values / std::max<std::int64_t>(1, std::ssize(head->variables)))
        return fail(mistake(fmt::format("more than {} values of variables", most_submit_values)));
    for (const SubmitQueueItem& item : *items) {
        for (std::int64_t step = 0; step < head->count; ++step) {
            if (auto done = queue_item(*head, item, step); !done) return done;
        }
    }
    return {};
}

void Reader::set_variables(const SubmitQueue& queue, const SubmitQueueItem& item, std::int64_t step) {
    const std::string process = std::to_string(result_.items.size());
    macros_.clear_variables();
    for (const char* name : {"Process", "ProcId"}) macros_.set_strong(name, process);
    for (const char* name : {"Cluster", "ClusterId"}) macros_.set_strong(name, cluster_);
    macros_.set_weak("Step", std::to_string(step));
    for (const char* name : {"ItemIndex", "Row"}) macros_.set_weak(name, std::to_string(item.index));
    for (std::size_t i = 0; i < item.values.size(); ++i)
        macros_.set_strong(queue.variables[i], item.values[i]);
}

Status Reader::queue_item(const SubmitQueue& queue, const SubmitQueueItem& item, std::int64_t step) {
    set_variables(queue, item, step);
    SubmitItem job;
    if (auto filled = fill(job); !filled) return filled;
    auto name = input_name(queue, item);
    if (!name) return fail(name.error());
    job.input_name = std::move(*name);
    result_.items.push_back(std::move(job));
    return {};
}

Result<std::string> Reader::value_of(const SubmitCommand& command) {
    for (const std::string& name : command) {
        const SubmitMacros::Macro* macro = macros_.find(name);
        if (!macro) continue;
        auto value = macros_.expand(macro->value);
        if (!value) return at(macro->line, value.error());
        return std::string(trim(*value));
    }
    return std::string();
}

Status Reader::fill(SubmitItem& item) {
    const SubmitCommands& commands = submit_commands();
    std::string arguments, environment, input, universe;
    const std::pair<const SubmitCommand*, std::string*> wanted[] = {{&commands.executable, &item.executable},
                                                                    {&commands.arguments, &arguments},
                                                                    {&commands.environment, &environment},
                                                                    {&commands.directory, &item.directory},
                                                                    {&commands.output, &item.output},
                                                                    {&commands.error, &item.error},
                                                                    {&commands.input, &input},
                                                                    {&commands.universe, &universe}};
    for (const auto& [command, out] : wanted) {
        auto value = value_of(*command);
        if (!value) return fail(value.error());
        *out = std::move(*value);
    }
    if (item.executable.empty()) {
        if (auto checked = check_names(); !checked) return checked;  // misspelt, most likely
        return fail(mistake("there is no executable to queue", "set 'executable' before"));
    }
    if (lower_case(universe) != "vanilla" && universe != "5" && !universe.empty()) {
        return at(commands.universe,
                  mistake(fmt::format("universe '{}' is not supported, only vanilla is", universe)));
    }
    if (!input.empty() && input != "/dev/null") {
        return at(commands.input, mistake(fmt::format("standard input from '{}' is not supported", input),
                                          "pass the file as an argument"));
    }
    auto words = parse_submit_arguments(arguments);
    if (!words) return at(commands.arguments, words.error());
    auto entries = parse_submit_environment(environment);
    if (!entries) return at(commands.environment, entries.error());
    item.arguments = std::move(*words);
    item.environment = std::move(*entries);
    return {};
}

Result<std::string> Reader::input_name(const SubmitQueue& queue, const SubmitQueueItem& item) {
    if (item.values.empty()) return std::string();
    if (queue.mode == SubmitQueue::Mode::matching) return item.is_file ? item.values[0] : std::string();
    auto value = macros_.expand(item.values[0]);
    if (!value) return fail(value.error());
    if (value->empty() || value->find('\0') != std::string::npos) return std::string();
    auto path = path_inside(fs_, directory_, *value);
    if (!path) return std::string();
    auto found = fs_.stat(*path);
    return found && found->kind != FileKind::directory ? *value : std::string();
}

}  // namespace

Result<SubmitDescription> read_submit_description(const std::string& text, const std::string& file,
                                                  FileSystem& fs, const std::string& directory,
                                                  std::int64_t cluster) {
    return Reader(text, file, fs, directory, cluster).read();
}

}  // namespace tw
