#include "batch/slurm/sbatch_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "batch/cluster/submit_environment.hpp"
#include "batch/slurm/sbatch_words.hpp"
#include "batch/slurm/task_list.hpp"
#include "trialdir/layout.hpp"

namespace tw::slurm {

namespace {

constexpr std::size_t most_elements = 100'000;  // of one file; a default cluster takes 1,000

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

Error mistake(const GeneratedFile& file, int line, std::string what, std::string hint = {}) {
    return {Code::invalid, std::move(what), file.path, {}, line, std::move(hint)};
}

const ScriptOption* find_option(const std::vector<ScriptOption>& options, std::string_view full, char letter) {
    const ScriptOption* found = nullptr;  // the last one wins
    for (auto& option : options)
        if (means(option, full, letter)) found = &option;
    return found;
}

// "ALL,A=1,B": what it gives values to. Names alone come from where trialwatch runs, by the option `forward`.
std::vector<std::string> exported(const std::vector<ScriptOption>& options) {
    std::vector<std::string> environment;
    const ScriptOption* option = find_option(options, "export", 0);
    for (const std::string& entry : split(option ? option->value : "", ',')) {
        std::size_t equals = entry.find('=');
        if (equals != entry.npos && is_variable(entry.substr(0, equals))) environment.push_back(entry);
    }
    return environment;
}

// The first line as the kernel reads it: a program, and all the rest as one argument.
SubmitItem base_item(const GeneratedFile& file, const std::string& root, const std::vector<ScriptOption>& options) {
    SubmitItem item;
    std::string_view words = trim(std::string_view(file.text).substr(2, file.text.find('\n') - 2));
    std::size_t blank = words.find_first_of(" \t");
    item.executable = words.substr(0, blank);
    if (blank != words.npos) item.arguments.emplace_back(trim(words.substr(blank)));
    std::string home = layout::trial(file.trial) + "/";
    const ScriptOption* chdir = find_option(options, "chdir", 'D');
    if (chdir) item.directory = chdir->value;
    bool beside = file.path.starts_with(home) && item.directory.empty();
    item.arguments.push_back(beside ? file.path.substr(home.size()) : root + "/" + file.path);
    item.environment = exported(options);
    return item;
}

// No array: it must not look like one to the script, though the stage's tasks are one.
SubmitItem without_array(SubmitItem item) {
    std::vector<std::string> words;
    for (const char* name : {"COUNT", "ID", "MAX", "MIN", "STEP"})
        words.insert(words.end(), {"-u", std::string("SLURM_ARRAY_TASK_") + name});
    words.insert(words.end(), {"-u", "SLURM_ARRAY_JOB_ID", item.executable});
    item.arguments.insert(item.arguments.begin(), words.begin(), words.end());
    item.executable = "/usr/bin/env";
    return item;
}

std::int64_t step_of(const std::vector<std::int64_t>& indexes) {
    std::int64_t step = indexes.size() > 1 ? indexes[1] - indexes[0] : 1;
    for (std::size_t i = 1; i < indexes.size(); ++i)
        if (indexes[i] - indexes[i - 1] != step) return 1;
    return step;
}

std::vector<SubmitItem> elements(const SubmitItem& base, const std::vector<std::int64_t>& indexes) {
    std::vector<SubmitItem> items;
    std::int64_t step = step_of(indexes);
    for (std::int64_t index : indexes) {
        SubmitItem& item = items.emplace_back(base);
        for (auto& [name, value] : std::initializer_list<std::pair<const char*, std::int64_t>>{
                 {"ID", index},
                 {"COUNT", static_cast<std::int64_t>(indexes.size())},
                 {"MIN", indexes.front()},
                 {"MAX", indexes.back()},
                 {"STEP", step}})
            item.environment.push_back(fmt::format("SLURM_ARRAY_TASK_{}={}", name, value));
    }
    return items;
}

// Words of it are kept as JSON, and end in an argv.
Status check_lines(const GeneratedFile& file, const std::vector<ScriptLine>& lines) {
    if (file.text.find('\0') != std::string::npos || !valid_utf8(file.text))
        return fail(mistake(file, 0, "it is no text in UTF-8"));
    for (const ScriptLine& line : lines)
        if (line.text.ends_with('\r'))
            return fail(mistake(file, line.number, "the line ends as on DOS, which sbatch refuses", "write \\n, not \\r\\n"));
    return {};
}

Status check_options(const GeneratedFile& file, const std::vector<ScriptOption>& options) {
    for (const ScriptOption& option : options) {
        if (option.name.empty() && (option.value == "hetjob" || option.value == "packjob"))
            return fail(mistake(file, option.line, "heterogeneous jobs cannot be the tasks of a stage"));
        if (means(option, "wait", 'W') || means(option, "test-only", 0) || means(option, "clusters", 'M') ||
            means(option, "wrap", 0))
            return fail(mistake(file, option.line, fmt::format("the option '{}' cannot be used in a stage's file", option.name),
                                "trialwatch submits to this cluster, waits by itself, and runs the file"));
    }
    return {};
}

}  // namespace

bool is_sbatch_file(const std::string& text) {
    return text.starts_with("#!") && first_line(text).find("condor_submit") == std::string::npos;
}

std::vector<std::string> sbatch_lines(const std::string& text) {
    std::vector<std::string> lines;
    for (auto& line : option_lines(text)) lines.push_back(line.text);
    return lines;
}

int throttle_of(const std::string& text) {
    auto options = options_of(option_lines(text));
    const ScriptOption* array = find_option(options, "array", 'a');
    auto list = array ? parse_task_list(array->value) : Result<TaskList>(TaskList{});
    return list ? list->throttle : 0;
}

Result<Generated> read_sbatch_file(const GeneratedFile& file, const std::string& root) {
    auto lines = option_lines(file.text);
    auto options = options_of(lines);
    if (auto good = check_lines(file, lines); !good) return fail(good.error());
    if (auto good = check_options(file, options); !good) return fail(good.error());
    SubmitItem base = base_item(file, root, options);
    if (base.executable.empty()) return fail(mistake(file, 1, "the first line names no interpreter", "as in #!/bin/sh"));
    const ScriptOption* array = find_option(options, "array", 'a');
    if (!array) return Generated{{without_array(std::move(base))}, true};
    auto list = parse_task_list(array->value);
    if (!list) return fail(mistake(file, array->line, list.error().what, "as in --array=1-20, 0-100:10 or 1,3,5-9%4"));
    if (list->indexes.size() > most_elements)
        return fail(mistake(file, array->line, fmt::format("more than {} elements", most_elements)));
    return Generated{elements(base, list->indexes), true};
}

}  // namespace tw::slurm
