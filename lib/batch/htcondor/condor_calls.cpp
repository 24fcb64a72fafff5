#include "batch/htcondor/condor_calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "batch/cluster/submit_environment.hpp"

namespace tw {

namespace {

// A command line argument may have 128 KiB on Linux; shorter ones are kinder to the schedd's parser.
constexpr std::size_t longest_constraint = 32 * 1024;

bool has(const std::string& text, std::string_view words) {
    return text.find(words) != std::string::npos;
}

// "Number of submitted jobs would exceed MAX_JOBS_SUBMITTED" and the like.
bool too_many(const std::string& text) {
    return has(text, "MAX_JOBS_") || has(text, "would exceed");
}

// What condor_submit says of a description, before it has asked the schedd for anything.
bool language_error(const std::string& text) {
    for (std::string_view words :
         {"of submit file:", "Parse error in expression", "Failed to parse", "parameter was provided",
          "does not exist", "invalid ", "Invalid ", "jobs require", "cannot be used", "must be"}) {
        if (has(text, words)) return !has(text, "SECMAN") && !has(text, "queue manager");
    }
    return false;
}

// Commands that act on a constraint say so, and nothing else, where no job fits it. Where the schedd is away
// they say it too, after what went wrong.
bool nothing_matched(const CommandResult& result) {
    for (const std::string& line : split(result.error, '\n')) {
        std::string_view text = trim(line);
        if (text.empty()) continue;
        if (!text.starts_with("Couldn't find/") && !has(line, "There are no jobs in the queue")) return false;
    }
    return has(result.error, "all jobs matching constraint");
}

// As few expressions as their length allows.
std::vector<std::string> joined(const std::vector<std::string>& terms) {
    std::vector<std::string> constraints;
    for (const std::string& term : terms) {
        if (constraints.empty() || constraints.back().size() + term.size() > longest_constraint)
            constraints.push_back(term);
        else
            constraints.back() += " || " + term;
    }
    return constraints;
}

}  // namespace

Result<CommandResult> CondorCalls::run(const std::string& program, std::vector<std::string> arguments,
                                       const std::string& input, const std::string& directory) const {
    arguments.insert(arguments.begin(), bin_.empty() ? program : bin_ + "/" + program);
    auto environment = submit_environment(ports_.processes.environment(), forward_, {"CONDOR", "_CONDOR_", "_condor_"});
    return ports_.commands.run({std::move(arguments), std::move(environment), directory, input, timeout_});
}

Status CondorCalls::act(const std::string& program, const std::vector<std::string>& options,
                        const std::vector<std::string>& constraints) const {
    for (const std::string& constraint : constraints) {
        std::vector<std::string> arguments = options;
        arguments.insert(arguments.end(), {"-constraint", constraint});
        auto result = run(program, arguments);
        if (!result) return fail(result.error());
        if (result->status != 0 && !nothing_matched(*result)) return fail(condor_error(program, *result));
    }
    return {};
}

Status CondorCalls::remove(const std::vector<std::string>& constraints, EndCause why) const {
    return act("condor_rm", {"-reason", removal_reason(why)}, constraints);
}

Status CondorCalls::kill(const std::vector<std::string>& constraints) const {
    return act("condor_vacate_job", {"-fast"}, constraints);
}

Status CondorCalls::release(const std::vector<std::string>& constraints) const {
    return act("condor_release", {}, constraints);
}

Error condor_error(const std::string& program, const CommandResult& result) {
    std::vector<std::string> lines;
    for (const std::string& line : split(result.error.empty() ? result.output : result.error, '\n')) {
        std::string text(trim(line));
        if (text.starts_with("ERROR: ")) text.erase(0, 7);
        if (!text.empty()) lines.push_back(text);
    }
    std::string said = shortened(join(lines, "; "), 500);
    if (said.empty()) said = fmt::format("it left with status {} and said nothing", result.status);
    Error error{Code::io, fmt::format("{}: {}", program, said), {}, {}, 0, {}};
    if (too_many(result.error))
        error.code = Code::busy;
    else if (language_error(result.error))
        error.code = Code::invalid;
    return error;
}

std::string is_one_of(const std::string& attribute, std::vector<std::int64_t> numbers) {
    std::sort(numbers.begin(), numbers.end());
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < numbers.size();) {
        std::size_t last = i;
        while (last + 1 < numbers.size() && numbers[last + 1] <= numbers[last] + 1) ++last;
        parts.push_back(numbers[i] == numbers[last] ? fmt::format("{} == {}", attribute, numbers[i])
                                                    : fmt::format("({0} >= {1} && {0} <= {2})", attribute,
                                                                  numbers[i], numbers[last]));
        i = last + 1;
    }
    return "(" + join(parts, " || ") + ")";
}

std::vector<std::string> select_tags(const std::vector<JobTag>& tags, bool and_factories) {
    std::map<std::string, std::vector<std::int64_t>> by_token;
    for (const JobTag& tag : tags) by_token[tag.token].push_back(tag.index);
    std::vector<std::string> terms;
    for (const auto& [token, indexes] : by_token) {
        // The ad of a cluster that makes jobs has the index of the first one, but no ProcId.
        terms.push_back(fmt::format("({}TrialwatchToken == \"{}\" && {})",
                                    and_factories ? "" : "ProcId >= 0 && ", token,
                                    is_one_of("TrialwatchIndex", indexes)));
    }
    return joined(terms);
}

std::vector<std::string> select_jobs(const std::vector<const CondorJob*>& jobs) {
    std::map<std::pair<std::int64_t, std::string>, std::vector<std::int64_t>> clusters;
    for (const CondorJob* job : jobs) clusters[{job->id.cluster, job->tag.token}].push_back(job->id.proc);
    std::vector<std::string> terms;
    for (const auto& [cluster, procs] : clusters) {
        terms.push_back(fmt::format("(ClusterId == {} && TrialwatchToken == \"{}\" && {})", cluster.first,
                                    cluster.second, is_one_of("ProcId", procs)));
    }
    return joined(terms);
}

}  // namespace tw
