#include "batch/slurm/sbatch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "batch/slurm/sbatch_file.hpp"
#include "batch/slurm/task_list.hpp"

namespace tw::slurm {

namespace {

constexpr std::int64_t mebibyte = std::int64_t{1} << 20;
constexpr std::int64_t latest_signal = 65535;  // sbatch(1), --signal
constexpr double early_signal = 60;            // "may be sent up to 60 seconds earlier than specified"

using Words = std::vector<std::string>;

// The limit leaves room for the grace and for Slurm's minute, so that the job's own time is never cut short; TERM comes
// within a minute after that time. Slurm counts limits in minutes.
void add_time(Seconds time, Seconds grace, Words& argv) {
    auto minutes = static_cast<std::int64_t>(std::ceil((time + grace).count() / 60 + early_signal / 60));
    auto before = static_cast<std::int64_t>(std::floor(static_cast<double>(minutes) * 60 - time.count() - early_signal));
    argv.push_back(fmt::format("--time={}", minutes));
    argv.push_back(fmt::format("--signal=B:TERM@{}", std::clamp<std::int64_t>(before, 1, latest_signal)));
}

// A file that says what it needs keeps its word where the stage says nothing: what is said here would win over it.
void add_resources(const JobGroup& group, const Options& options, Words& argv) {
    const Resources& resources = group.resources;
    auto add = [&](const char* flag, int count) {
        if (group.generated.empty() || count != 1) argv.push_back(fmt::format("--{}={}", flag, count));
    };
    add("nodes", resources.nodes);
    add("ntasks", resources.ranks);
    add("cpus-per-task", resources.cpus);
    if (resources.memory > 0)  // --mem=0 would be all there is
        argv.push_back(fmt::format("--mem={}M", (resources.memory + mebibyte - 1) / mebibyte));
    if (resources.gpus > 0) {
        std::string count = options.gpu_type.empty() ? "" : options.gpu_type + ":";
        count += std::to_string(resources.gpus);
        auto gres = options.flags.find("gres");
        std::string more = gres == options.flags.end() ? "" : gres->second + ",";
        argv.push_back(options.gpus_of_job ? "--gpus=" + count : "--gres=" + more + "gpu:" + count);
    }
    if (resources.time) add_time(*resources.time, group.grace, argv);
}

void add_flags(const JobGroup& group, const Options& options, Words& argv) {
    OptionTable flags = options.flags;
    if (!group.avoid.empty()) {
        std::string& exclude = flags["exclude"];
        exclude += (exclude.empty() ? "" : ",") + join(group.avoid, ",");
    }
    for (auto& [name, value] : flags) argv.push_back(value == "true" ? "--" + name : fmt::format("--{}={}", name, value));
}

bool says(const std::string& text, std::initializer_list<std::string_view> phrases) {
    return std::any_of(phrases.begin(), phrases.end(), [&](auto phrase) { return text.find(phrase) != text.npos; });
}

// Phrases of slurm_errno.c and of sbatch itself. "Slurm temporarily unable" and "queue full": sbatch goes on trying for
// two minutes by itself, longer than it is given; it says so at once.
Code sort_refusal(const std::string& said, int status) {
    if (says(said, {"MaxSubmitJob", "temporarily unable to accept", "queue full", "MaxJobCount", "Resource temporarily",
                    "Required partition not available", "Required node not available"}))
        return Code::busy;
    if (says(said, {"contact slurm controller", "Socket timed out", "Zero Bytes", "authentication", "credential",
                    "configuration source", "Communication", "Connection", "not responding", "standby", "I/O error"}))
        return Code::io;
    // Older ones do not say which limit it was: it may be that of jobs in the queue.
    if (says(said, {"violates accounting/QOS policy"}) && !says(said, {"error: QOS", "error: Assoc"})) return Code::busy;
    if (says(said, {"nvalid ", " invalid", "unrecognized option", "is ambiguous", "an argument", "mutually exclusive", "not available",
                    "can not be satisfied", "ermission denied", "not permitted", "than permitted", "not in this partition",
                    "No partition specified", "violates accounting/QOS policy", "exceeds some limit", "Unspecified error",
                    "batch script"}))
        return Code::invalid;
    return status == 255 ? Code::invalid : Code::io;  // 255: its own command line
}

// "sbatch: error: a\nsbatch: error: Batch job submission failed: b" -> "a; b"
std::string plain_words(const std::string& said) {
    Words parts;
    for (const std::string& line : split(said, '\n')) {
        std::string_view text = trim(line);
        for (std::string_view start : {"sbatch: ", "error: ", "fatal: ", "Batch job submission failed: "})
            if (text.starts_with(start)) text.remove_prefix(start.size());
        if (!text.empty() && !text.starts_with("Try \"sbatch")) parts.emplace_back(text);
    }
    return shortened(join(parts, "; "), 500);
}

}  // namespace

// squeue(1) and sbatch(1), FILENAME PATTERN: where there is a backslash in the path, each backslash that is to stay is
// written twice and percent signs are themselves; without one, percent signs are written twice. Tried on 22.05.
std::string output_pattern(const std::string& path) {
    char doubled = path.find('\\') == path.npos ? '%' : '\\';
    std::string pattern;
    for (char c : path) pattern += c == doubled ? std::string(2, c) : std::string(1, c);
    return pattern;
}

// --export=ALL, and not a list of names: with a list, or NONE, each start of a job runs a login shell to collect the
// user's environment, which took 0.7 s a start here, on a loaded machine, and where that is slow the job is held ("user env retrieval
// failed"). What "all" is, the caller decides by the environment that sbatch is run in: the names that the user said.
std::vector<std::string> sbatch_argv(const JobGroup& group, const Options& options, const std::string& experiment_id) {
    Words argv{"sbatch"};
    add_flags(group, options, argv);
    add_resources(group, options, argv);
    std::string log = output_pattern(group.log);
    argv.insert(argv.end(), {"--parsable", "--export=ALL", "--no-requeue", "--job-name=" + group.token,
                             "--comment=trialwatch " + experiment_id, "--open-mode=append", "--output=" + log,
                             "--error=" + log, "--chdir=" + group.directory});
    if (group.indexes != std::vector<std::int64_t>{0}) {
        std::string throttle = options.throttle > 0 ? fmt::format("%{}", options.throttle) : "";
        argv.push_back("--array=" + format_task_list(group.indexes) + throttle);
    }
    return argv;
}

std::string batch_script(const JobGroup& group) {
    std::string text = "#!/bin/sh\n";
    for (const std::string& line : sbatch_lines(group.generated)) text += line + "\n";
    return text + "exec /bin/sh " + shell_quote(group.launch) + " \"${SLURM_ARRAY_TASK_ID:-0}\"\n";
}

Error unanswered(Error error) {
    if (sort_refusal(error.what, 0) == Code::busy) error.code = Code::busy;
    return error;
}

Result<std::string> read_submitted(const CommandResult& result) {
    if (result.status != 0) {
        std::string words = plain_words(result.error);
        if (words.empty()) words = fmt::format("it left with {} and said nothing", result.status);
        return fail(sort_refusal(result.error, result.status), "sbatch: " + words);
    }
    Words lines = split(result.output, '\n');  // a site's wrapper may have said something before
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        std::string id = line->substr(0, line->find(';'));
        if (!id.empty() && id.find_first_not_of("0123456789") == id.npos) return id;
    }
    return fail(Code::io, fmt::format("sbatch printed no job id but '{}'", shortened(result.output, 100)));
}

}  // namespace tw::slurm
