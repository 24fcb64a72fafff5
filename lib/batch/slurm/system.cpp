#include "batch/slurm/system.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "batch/slurm/accounting.hpp"
#include "batch/slurm/job_state.hpp"
#include "batch/slurm/sbatch.hpp"
#include "batch/slurm/sbatch_file.hpp"
#include "batch/slurm/scancel.hpp"
#include "batch/slurm/slurm.hpp"

namespace tw::slurm {

namespace {

// What Slurm's commands need themselves. Everything else stays away from them: SQUEUE_FORMAT or SBATCH_WAIT would change
// what they do, and where trialwatch is a job itself, sbatch would give SLURM_MEM_PER_CPU and the like on.
const std::set<std::string> needed{"PATH", "HOME", "LD_LIBRARY_PATH", "SLURM_CONF", "SLURM_CONF_SERVER", "SLURM_JWT"};

std::string name_of_entry(const std::string& entry) {
    return entry.substr(0, entry.find('='));
}

constexpr std::size_t jobs_of_one_recall = 500;  // sacct and grep get their names on the command line

}  // namespace

SlurmSystem::SlurmSystem(const BatchPorts& ports, const SystemSettings& settings, Options options)
    : ports_(ports), settings_(settings), options_(std::move(options)), uid_(ports.processes.self().uid) {
    ask_site();
}

void SlurmSystem::ask_site() {
    auto nodes = output_of(sinfo_argv());
    if (!nodes) return ports_.log.warn("{}; nothing is known of the cluster's size", nodes.error().text());
    read_sinfo(*nodes, site_);
    if (auto config = output_of({"scontrol", "show", "config"})) read_config(*config, site_);
}

// The names that the user said, and how to reach Slurm. With PATH, for sbatch itself is looked up there.
std::vector<std::string> SlurmSystem::submit_environment() const {
    std::set<std::string> names(settings_.forward.begin(), settings_.forward.end());
    names.insert({"PATH", "SLURM_CONF", "SLURM_CONF_SERVER"});
    auto list = ports_.processes.environment();
    std::erase_if(list, [&](auto& entry) { return !names.contains(name_of_entry(entry)); });
    return list;
}

// Lists of elements unabridged: by default they end after 64 characters with "...".
std::vector<std::string> SlurmSystem::query_environment() const {
    auto list = ports_.processes.environment();
    std::erase_if(list, [&](auto& entry) { return !needed.contains(name_of_entry(entry)); });
    list.insert(list.end(), {"LC_ALL=C", "SLURM_BITSTR_LEN=0"});
    return list;
}

Result<CommandResult> SlurmSystem::run(std::vector<std::string> argv) const {
    return ports_.commands.run({std::move(argv), query_environment(), "/", "", settings_.timeout});
}

Result<std::string> SlurmSystem::output_of(std::vector<std::string> argv) const {
    std::string name = argv[0];
    auto result = run(std::move(argv));
    if (!result) return fail(result.error());
    if (result->status == 0) return result->output;
    std::string words(trim(result->error));
    if (words.empty()) words = fmt::format("left with {}", result->status);
    return fail(Code::io, fmt::format("{}: {}", name, shortened(words, 300)));
}

Status SlurmSystem::possible(const Resources& resources) const {
    auto options = read_options(settings_.options, resources.options);
    if (!options) return fail(options.error());
    return fits(site_, *options, resources);
}

Result<std::string> SlurmSystem::submit(const JobGroup& group) {
    auto options = read_options(settings_.options, group.resources.options);
    if (!options) return fail(options.error());
    if (options->throttle == 0) options->throttle = throttle_of(group.generated);
    auto argv = sbatch_argv(group, *options, ports_.experiment_id);
    auto result = ports_.commands.run({argv, submit_environment(), "/", batch_script(group), settings_.timeout});
    if (!result) return fail(unanswered(result.error()));
    auto id = read_submitted(*result);
    if (id || group.avoid.empty() || id.error().code != Code::invalid) return id;
    JobGroup anywhere = group;  // Slurm's names of nodes need not be their hosts' names; and some node must be left
    anywhere.avoid.clear();
    return submit(anywhere);
}

Result<std::vector<Found>> SlurmSystem::find(const std::vector<KnownJob>& known) const {
    auto output = output_of(squeue_argv(uid_));
    if (!output) return fail(output.error());
    auto rows = read_squeue(*output);
    if (!rows) return fail(rows.error());
    return find_jobs(*rows, known);
}

Result<std::vector<JobReport>> SlurmSystem::look(const std::vector<KnownJob>& known) {
    auto found = find(known);
    if (!found) return fail(found.error());
    confirm(*found);
    return reports_of(*found);
}

// When the controller ends a job, the job has ended for it once its nodes said so, or once it gave up a node. So it is
// certain only where the nodes answer now. Those that never started had none.
void SlurmSystem::confirm(std::vector<Found>& found) const {
    std::set<std::string> nodes;
    for (const Found& one : found)
        if (!one.report.state && was_killed(one.report.end) && !one.nodes.empty()) nodes.insert(one.nodes);
    auto states = nodes.empty() ? Result<std::string>() : output_of(node_states_argv(join({nodes.begin(), nodes.end()}, ",")));
    bool answer = nodes.empty() || (states && all_answer(*states));
    for (Found& one : found)
        if (!one.report.state && was_killed(one.report.end)) one.report.end.confirmed = answer || one.nodes.empty();
}

Result<std::vector<JobReport>> SlurmSystem::recall(const std::vector<KnownJob>& jobs) {
    std::vector<Found> found;
    for (std::size_t begin = 0; begin < jobs.size(); begin += jobs_of_one_recall) {
        auto end = jobs.begin() + static_cast<std::ptrdiff_t>(std::min(jobs.size(), begin + jobs_of_one_recall));
        std::vector<KnownJob> part(jobs.begin() + static_cast<std::ptrdiff_t>(begin), end);
        for (bool of_sacct : {true, false}) {
            auto records = of_sacct ? ask_sacct(part) : ask_jobcomp(part);
            if (!records) return fail(records.error());
            found.insert(found.end(), records->begin(), records->end());
        }
    }
    confirm(found);
    return reports_of(found);
}

Result<std::vector<Found>> SlurmSystem::ask_sacct(const std::vector<KnownJob>& jobs) {
    if (!accounts_) return std::vector<Found>{};
    auto output = output_of(sacct_argv(uid_, jobs));
    if (output) return read_sacct(*output, jobs);
    accounts_ = output.error().code != Code::not_found && output.error().what.find("storage is disabled") == std::string::npos;
    if (accounts_) return fail(output.error());
    return std::vector<Found>{};
}

Result<std::vector<Found>> SlurmSystem::ask_jobcomp(const std::vector<KnownJob>& jobs) const {
    if (options_.jobcomp.empty()) return std::vector<Found>{};
    auto result = run(jobcomp_argv(options_.jobcomp, jobs));
    if (!result) return fail(result.error());
    if (result->status > 1) return fail(Code::io, std::string(trim(result->error)));
    return read_jobcomp(result->output, jobs);
}

// A second round for jobs that were just starting.
Status SlurmSystem::cancel(const std::vector<KnownJob>& jobs, CancelHow how) {
    if (jobs.empty()) return {};
    auto sent = cancel_once(jobs, how);
    if (sent || sent.error().code != Code::busy) return sent;
    return cancel_once(jobs, how);
}

// --batch: the signal goes to the batch shell, which has become the wrapper. Plain scancel gives the whole job TERM and,
// KillWait later (30 s by default), KILL: too late for "kill", too early for a long grace. When the batch shell is killed,
// slurmd ends what is left of the job.
Status SlurmSystem::cancel_once(const std::vector<KnownJob>& jobs, CancelHow how) const {
    auto found = find(jobs);
    if (!found) return fail(found.error());
    std::vector<Found> waiting, running;
    for (Found& one : *found)
        if (one.report.state) (one.report.state == JobState::running ? running : waiting).push_back(std::move(one));
    auto removed = scancel({}, waiting);
    auto signalled = scancel({"--batch", how == CancelHow::kill ? "--signal=KILL" : "--signal=TERM"}, running);
    if (how == CancelHow::terminate) return removed ? signalled : removed;
    // Whatever the signal met: a node that is still being prepared has no shell yet.
    auto ended = scancel({}, running);
    return removed ? ended : removed;
}

Status SlurmSystem::scancel(const std::vector<std::string>& how, const std::vector<Found>& jobs) const {
    Status all{};
    for (auto& argv : scancel_argvs(how, job_words(jobs))) {
        auto result = run(argv);
        Status said = result ? read_cancelled(*result) : Status(fail(result.error()));
        if (!said && said.error().code != Code::busy) return said;
        if (!said) all = said;
    }
    return all;
}

int SlurmSystem::slots() const {
    const Partition* partition = partition_of(site_, options_);
    return partition && partition->cpus > 0 ? partition->cpus : 100;
}

std::optional<Result<Generated>> SlurmSystem::read_generated(const GeneratedFile& file) {
    if (!is_sbatch_file(file.text)) return std::nullopt;
    return read_sbatch_file(file, ports_.fs.root());
}

}  // namespace tw::slurm

namespace tw {

Status check_slurm_options(const OptionTable& options) {
    auto read = slurm::read_options(options);
    return read ? Status{} : Status(fail(read.error()));
}

Status check_slurm_resources(const Resources& resources) {
    auto least = [](int count, const char* name) -> Status {
        if (count >= 1) return {};
        return fail({Code::invalid, fmt::format("{} must be at least 1", name), {}, fmt::format("/{}", name), 0, {}});
    };
    for (auto& good : {least(resources.nodes, "nodes"), least(resources.ranks, "ranks"), least(resources.cpus, "cpus")})
        if (!good) return good;
    auto read = slurm::read_options({}, resources.options);
    return read ? Status{} : Status(fail(read.error()));
}

namespace {

// They are read by sbatch itself, and some of them by whatever else is run in the job.
Status check_forward(const std::vector<std::string>& names) {
    for (const std::string& name : names)
        if (name.starts_with("SBATCH_") || (name.starts_with("SLURM_") && name != "SLURM_CONF" && name != "SLURM_JWT"))
            return fail({Code::invalid, fmt::format("forward names {}, which changes what sbatch does", name), {},
                         "/options/forward", 0, "say it as an option of the backend, as in \"partition\""});
    return {};
}

}  // namespace

Result<std::unique_ptr<BatchSystem>> make_slurm(const BatchPorts& ports, const SystemSettings& settings) {
    if (auto good = check_forward(settings.forward); !good) return fail(good.error());
    auto options = slurm::read_options(settings.options);
    if (!options) return fail(options.error());
    return std::unique_ptr<BatchSystem>(new slurm::SlurmSystem(ports, settings, std::move(*options)));
}

}  // namespace tw
