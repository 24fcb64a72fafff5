#include "batch/htcondor/generated_file.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "base/text.hpp"
#include "batch/htcondor/class_ads.hpp"
#include "batch/submit_lines.hpp"
#include "batch/submit_queue.hpp"
#include "batch/submit_words.hpp"
#include "trialdir/layout.hpp"

namespace tw {

namespace {

constexpr const char* input_note = "trialwatch input ";

// "... on Line 7 of submit file: ..."
int line_in(const std::string& text) {
    constexpr std::string_view words = "on Line ";
    std::size_t at = text.find(words);
    int line = 0;
    if (at != std::string::npos)
        std::from_chars(text.data() + at + words.size(), text.data() + text.size(), line);
    return line;
}

// A dry run asks nobody, so what it refuses is the file's fault, but for a machine without HTCondor's
// configuration.
Error refusal(const CommandResult& result) {
    Error error = condor_error("condor_submit", result);
    for (std::string_view words : {"CONDOR_CONFIG", "SECMAN", "schedd", "queue manager"})
        if (error.what.find(words) != std::string::npos) return error;
    error.code = Code::invalid;
    error.line = line_in(error.what);
    return error;
}

// Without -terse it prints the ads twice.
Result<std::vector<ClassAd>> dry_run(const GeneratedFile& file, const CondorCalls& calls,
                                     const std::string& directory, const SubmitCommandList& added) {
    std::vector<std::string> arguments{"-terse", "-dry-run", "/dev/stdout"};
    for (std::string& word : append_arguments(added)) arguments.push_back(std::move(word));
    arguments.emplace_back("-");
    auto result = calls.run("condor_submit", arguments, file.text, directory);
    if (!result) return fail(result.error());
    if (result->status != 0) return fail(refusal(*result));
    return read_class_ads(result->output);
}

// The first variable of the queue statement may name the input; the job's notes are asked to tell its value.
SubmitCommandList questions(const std::string& text) {
    // Nothing of the environment: the items are written into files.
    SubmitCommandList list{{"getenv", "false"}};
    std::set<std::string> names;
    for (const SubmitLine& line : submit_lines(text)) {
        if (!is_queue_line(line.text)) continue;
        auto queue = parse_submit_queue(std::string_view(line.text).substr(5));
        if (queue && !queue->variables.empty()) names.insert(queue->variables.front());
    }
    if (names.size() == 1 && is_submit_name(*names.begin()))
        list.emplace_back("submit_event_notes", fmt::format("{}$({})", input_note, *names.begin()));
    return list;
}

// HTCondor keeps the new syntax without the double quotes around it.
std::string as_written(const std::string& value) {
    std::string out = "\"";
    for (char c : value) {
        if (c == '"') out += c;
        out += c;
    }
    return out + "\"";
}

Result<std::vector<std::string>> arguments_of(const ClassAd& ad) {
    if (ad.has("Arguments")) return parse_submit_arguments(as_written(ad.text("Arguments")));
    std::vector<std::string> words;
    for (const std::string& word : split(ad.text("Args"), ' '))
        if (!trim(word).empty()) words.emplace_back(trim(word));
    return words;
}

Result<std::vector<std::string>> environment_of(const ClassAd& ad) {
    if (ad.has("Environment")) return parse_submit_environment(as_written(ad.text("Environment")));
    return parse_submit_environment(ad.text("Env"));
}

std::string unless_null(std::string path) {
    return path == "/dev/null" ? "" : path;
}

// What the wrapper, or a shared filesystem, makes impossible.
Status check_ad(const ClassAd& ad) {
    auto wrong = [](std::string what, std::string hint) {
        return fail({Code::invalid, std::move(what), {}, {}, 0, std::move(hint)});
    };
    if (ad.number("JobUniverse").value_or(5) != 5)
        return wrong("only jobs of the vanilla universe can be run", "");
    if (ad.text("ShouldTransferFiles") == "YES" || ad.has("TransferInput"))
        return wrong(
            "file transfer cannot be used: tasks work in the experiment's directory, which all machines must "
            "share",
            "leave out should_transfer_files and transfer_input_files");
    if (ad.has("SuccessCheckpointExitCode"))
        return wrong("checkpoint_exit_code makes HTCondor start a job again by itself, and an attempt is started once",
                     "leave it out, and give the stage its checkpoint_exit_code in experiment.json");
    if (!unless_null(ad.text("In")).empty())
        return wrong("standard input from '" + ad.text("In") + "' is not supported",
                     "pass the file as an argument");
    return {};
}

std::string input_name_of(const ClassAd& ad, FileSystem& fs, const std::string& directory) {
    std::string name = ad.text("SubmitEventNotes");
    if (!name.starts_with(input_note)) return {};
    name.erase(0, std::string_view(input_note).size());
    if (name.empty() || name.starts_with('/')) return {};
    auto found = fs.stat(directory + "/" + name);
    return found && found->kind != FileKind::directory ? name : "";
}

Result<SubmitItem> item_of(const ClassAd& ad, const std::string& trial) {
    if (auto good = check_ad(ad); !good) return fail(good.error());
    auto arguments = arguments_of(ad);
    if (!arguments) return fail(arguments.error());
    auto environment = environment_of(ad);
    if (!environment) return fail(environment.error());
    std::string directory = ad.text("Iwd");
    return SubmitItem{ad.text("Cmd"),
                      *arguments,
                      *environment,
                      directory == trial ? "" : directory,
                      unless_null(ad.text("Out")),
                      unless_null(ad.text("Err")),
                      ""};
}

// The file as it will be handed over: one cluster, or the numbers of jobs would not be those of tasks.
Status check_additions(const GeneratedFile& file, const CondorCalls& calls, const Describing& by,
                       const std::string& directory, std::size_t count) {
    JobGroup group;
    group.token = "t";
    for (std::size_t i = 1; i <= count; ++i) group.indexes.push_back(static_cast<std::int64_t>(i));
    group.launch = group.log = directory + "/x";
    group.generated = file.text;
    auto added = additions(group, by);
    if (!added) return fail(added.error());
    auto ads = dry_run(file, calls, directory, *added);
    if (!ads) return fail(ads.error());
    std::set<std::int64_t> clusters;
    for (const ClassAd& ad : *ads)
        if (auto cluster = ad.number("ClusterId")) clusters.insert(*cluster);
    if (clusters.size() == 1 && ads->size() == count) return {};
    return fail({Code::invalid,
                 fmt::format("HTCondor makes {} clusters of it, where one is needed", clusters.size()),
                 {},
                 {},
                 0,
                 "write one queue statement"});
}

}  // namespace

Result<Generated> expand_generated(const GeneratedFile& file, const CondorCalls& calls, const Describing& by,
                                   FileSystem& fs) {
    const std::string place = layout::trial(file.trial), directory = fs.root() + "/" + place;
    auto in_file = [&](Error error) {
        if (error.file.empty() && !may_pass(error)) error.file = file.path;
        return fail(std::move(error));
    };
    auto ads = dry_run(file, calls, directory, questions(file.text));
    if (!ads) return in_file(ads.error());
    Generated result;
    result.as_it_stands = true;
    ClassAd first;  // of its cluster: the others tell only what differs
    for (const ClassAd& ad : *ads) {
        if (ad.has("ClusterId")) first = ad;
        auto item = item_of(ad.over(first), directory);
        if (!item) return in_file(item.error());
        item->input_name = input_name_of(ad.over(first), fs, place);
        result.items.push_back(std::move(*item));
    }
    if (result.items.empty()) return result;
    if (auto good = check_additions(file, calls, by, directory, result.items.size()); !good)
        return in_file(good.error());
    return result;
}

}  // namespace tw
