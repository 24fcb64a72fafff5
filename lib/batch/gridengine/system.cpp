#include "batch/gridengine/system.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "batch/cluster/submit_environment.hpp"
#include "batch/gridengine/batch_script.hpp"
#include "batch/gridengine/gridengine.hpp"
#include "batch/gridengine/submit_line.hpp"

namespace tw::gridengine {

System::System(const BatchPorts& ports, const SystemSettings& settings, const Options& options)
    : ports_(ports),
      settings_(settings),
      options_(options),
      user_(ports.processes.self().user),
      environment_(ports.processes.environment()) {
    auto set = [this](const std::string& name, const std::string& value) {
        if (value.empty()) return;
        std::erase_if(environment_, [&](auto& entry) { return entry.starts_with(name + "="); });
        environment_.push_back(name + "=" + value);
    };
    set("SGE_ROOT", options.root);
    set("SGE_CELL", options.cell);
}

void System::count_slots() {
    auto answer = run("qstat", {"-g", "c", "-xml"});
    if (answer && answer->status == 0) slots_ = read_slots(answer->output);
}

// What can be asked for may still fit nowhere; such a job waits, and the cluster's word for it is in `qstat
// -j`.
Status System::possible(const Resources& resources) const {
    auto options = read_options(settings_.options, resources.options);
    if (!options) return fail(options.error());
    if (auto known = can_ask_for(resources, *options); !known) return known;
    int slots = slots_of(resources);
    if (slots_ > 0 && slots > slots_)
        return fail({Code::invalid,
                     fmt::format("{} slots are asked for; the cluster has {}", slots, slots_),
                     {},
                     "/cpus",
                     0,
                     {}});
    return {};
}

Result<CommandResult> System::run(const std::string& program, std::vector<std::string> words,
                                  const std::string& input) {
    Command command;
    command.argv.push_back(options_.bin.empty() ? program : options_.bin + "/" + program);
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    // What qsub does not see, a -V in somebody's .sge_request does not give away.
    command.environment =
        program == "qsub" ? submit_environment(environment_, settings_.forward, {"SGE_"}) : environment_;
    command.input = input;
    command.timeout = settings_.timeout;
    auto result = ports_.commands.run(command);
    if (!result && result.error().code == Code::not_found)
        result.error().hint = "set the option bin to the directory of Grid Engine's programs";
    return result;
}

// One call for each range of indexes; the numbers of all with commas between. When a later call fails, the
// tasks of the earlier ones are queued, which an error never denies.
Result<std::string> System::submit(const JobGroup& group) {
    auto options = read_options(settings_.options, group.resources.options);
    if (!options) return fail(options.error());
    // A name without a variable would reach the job as an empty one.
    std::vector<std::string> numbers, forwarded = forwarded_names(environment_, settings_.forward);
    for (const TaskRange& range : ranges_of(group.indexes)) {
        auto words = submit_words(group, *options, forwarded, range);
        if (!words) return fail(words.error());
        auto answer = run("qsub", *words, batch_script(group.launch, group.grace));
        if (!answer) return fail(answer.error());
        if (answer->status != 0) {
            Error error = refusal("qsub", *answer);
            // Where some ranges are queued already, trying again is not useless.
            if (error.code == Code::refused) error.code = numbers.empty() && for_good(error) ? Code::invalid : Code::io;
            return fail(error);
        }
        auto number = read_job_number(answer->output);
        if (!number) return fail(number.error());
        numbers.push_back(*number);
    }
    return join(numbers, ",");
}

// The user and the states are said because a .sge_qstat may ask for others. Waiting tasks of one array come
// as one range: with thousands of them the answer stays small.
Result<System::Tasks> System::qstat() {
    std::vector<std::string> words{"-xml", "-s", "prs"};
    if (!user_.empty()) words.insert(words.end(), {"-u", user_});
    auto answer = run("qstat", words);
    if (!answer) return fail(answer.error());
    if (answer->status != 0) {
        Error error = refusal("qstat", *answer);
        error.code = Code::io;
        return fail(error);
    }
    return read_qstat(answer->output);
}

// A name is asked for, and never a number: numbers start again after 9,999,999, or with a new spool. Several
// tokens are one pattern, since each call reads the whole accounting file.
Result<std::string> System::qacct(const std::string& pattern) {
    std::vector<std::string> words{"-j", pattern};
    if (!user_.empty()) words.insert(words.begin(), {"-o", user_});
    auto answer = run("qacct", words);
    if (!answer) return fail(answer.error());
    if (answer->status == 0) return answer->output;
    if (answer->error.find("not found") != std::string::npos) return std::string();
    return fail(refusal("qacct", *answer));
}

Result<std::vector<JobReport>> System::recall(const std::vector<KnownJob>& jobs) {
    std::map<JobTag, std::string> wanted;
    std::set<std::string> tokens;
    for (const KnownJob& job : jobs) {
        wanted[job.tag] = job.id;
        tokens.insert(job.tag.token);
    }
    if (tokens.empty()) return std::vector<JobReport>{};
    std::string pattern = *tokens.begin();
    if (tokens.size() > 1) {
        auto differ =
            std::mismatch(pattern.begin(), pattern.end(), tokens.rbegin()->begin(), tokens.rbegin()->end());
        pattern.erase(differ.first, pattern.end());
        pattern += "*";
    }
    auto text = qacct(pattern);
    if (!text) return fail(text.error());
    // Of two jobs with one tag (a submission whose answer was lost), the one that was looked at; else the
    // last.
    std::map<JobTag, JobReport> found;
    for (const JobReport& report : read_qacct(*text)) {
        auto tag = wanted.find(report.tag);
        if (tag == wanted.end()) continue;
        if (auto before = found.find(report.tag); before == found.end() || before->second.id != tag->second)
            found.insert_or_assign(report.tag, report);
    }
    std::vector<JobReport> reports;
    for (auto& [tag, report] : found) reports.push_back(report);
    return reports;
}

}  // namespace tw::gridengine

namespace tw {

Result<std::unique_ptr<BatchSystem>> make_gridengine(const BatchPorts& ports,
                                                     const SystemSettings& settings) {
    auto options = gridengine::read_options(settings.options);
    if (!options) return fail(options.error());
    auto system = std::make_unique<gridengine::System>(ports, settings, *options);
    system->count_slots();
    return system;
}

}  // namespace tw
