// The JSON documents of a trial and of the experiment's private directory.
#include "fuzz/check.hpp"
#include "fuzz/readers.hpp"
#include "records/documents.hpp"
#include "records/goal.hpp"
#include "records/owner.hpp"
#include "records/agent_files.hpp"
#include "records/stopped.hpp"

namespace tw::fuzz {

namespace {

// The common part: read, look at it, write it and read it again.
template <class Read, class Look, class Write>
std::optional<Code> document(const std::string& bytes, Read read, Look look, Write write) {
    const auto found = read(bytes, file_name);
    if (!found) return checked(found.error(), file_name);
    look(*found);
    if (std::ssize(write(*found)) > document_limit) return {};  // wider than what was read, by its blanks
    survives(
        *found, [&](const std::string& text) { return read(text, file_name); }, write);
    return {};
}

void look_at_config(const Config& config) {
    for (const auto& [name, value] : config.params) {
        demand(!name.empty() && name[0] != '_', "a parameter with a name of the toolkit's");
        demand(name.find('\0') == name.npos, "a name with a zero byte");
        if (const auto* real = std::get_if<double>(&value))
            demand(std::isfinite(*real), name + " is not finite");
        if (const auto* text = std::get_if<std::string>(&value))
            demand(text->find('\0') == text->npos, "a value with a zero byte");
    }
    const std::string written = write_config(config);
    if (std::ssize(written) > document_limit) return;
    const auto again = read_config(written, file_name);
    demand(again && again->params == config.params, "a parameter is another one when written and read again");
}

void look_at_outcome(const Outcome& outcome) {
    demand_finite(outcome.values);
    demand(std::isfinite(outcome.seconds) && outcome.seconds >= 0, "a wrong length of time");
    demand(outcome.seq >= 0 && outcome.attempts >= 0, "a number below 0");
    const auto again = read_outcome(write_outcome(outcome), file_name);
    demand(again && again->values == outcome.values && again->failed_tasks == outcome.failed_tasks &&
               again->seconds == outcome.seconds,
           "a value is another one when written and read again");
}

void look_at_owner(const Owner& owner) {
    demand(owner.epoch >= 1 && owner.pid >= 1 && owner.head >= -1, "a number outside its domain");
    demand(std::isfinite(owner.since.time_since_epoch().count()), "no point in time");
}

void look_at_lines(const MetricLines& read) {
    for (const MetricLine& line : read.lines) {
        demand(line.step >= 0, "a step below 0");
        const MetricLines again = read_metrics(write_metric(line));
        demand(again.lines.size() == 1 && again.skipped == 0, "a line cannot be read again");
        std::map<std::string, double> finite;
        for (const auto& [name, value] : line.values)
            if (std::isfinite(value)) finite[name] = value;
        demand(again.lines[0].step == line.step && again.lines[0].values == finite, "a line is another one");
    }
}

bool same_line(const MetricLine& a, const MetricLine& b) {
    return write_metric(a) == write_metric(b);
}

// Read up to `size` and then on from where that stopped, as somebody does who follows the file.
void look_in_two_parts(const std::string& bytes, std::size_t size, const MetricLines& whole) {
    const MetricLines first = read_metrics(std::string_view(bytes).substr(0, size));
    demand(first.consumed <= size, "more was read than was there");
    const MetricLines rest = read_metrics(std::string_view(bytes).substr(first.consumed));
    demand(first.consumed + rest.consumed == whole.consumed && first.skipped + rest.skipped == whole.skipped,
           "in two parts another length is read");
    demand(first.lines.size() + rest.lines.size() == whole.lines.size(), "in two parts other lines are read");
    for (std::size_t i = 0; i < whole.lines.size(); ++i) {
        const bool early = i < first.lines.size();
        const MetricLine& line = early ? first.lines[i] : rest.lines[i - first.lines.size()];
        demand(same_line(line, whole.lines[i]), "in two parts another line is read");
    }
}

}  // namespace

std::optional<Code> config(const std::string& bytes) {
    return document(bytes, read_config, look_at_config, write_config);
}

// Nobody writes results but jobs.
std::optional<Code> result(const std::string& bytes) {
    const auto found = read_result(bytes, file_name);
    if (!found) return checked(found.error(), file_name);
    std::vector<Objective> finite;
    for (const auto& [name, value] : found->values) {
        demand(!found->others.contains(name), "both a number and none");
        if (std::isfinite(value))
            finite.push_back({name, Direction::minimize});
        else
            demand(!judge_result(*found, {{name, Direction::minimize}}), "an objective that is not finite was taken");
    }
    demand(judge_result(*found, finite).has_value(), "a finite objective was refused");
    const Status none = judge_result(*found, {{"no such value", Direction::minimize}});
    if (!found->values.contains("no such value")) demand(!none, "an objective that is not there was taken");
    if (!none) (void)checked(none.error(), "");
    return {};
}

std::optional<Code> outcome(const std::string& bytes) {
    return document(bytes, read_outcome, look_at_outcome, write_outcome);
}

std::optional<Code> metrics(const std::string& bytes) {
    const MetricLines whole = read_metrics(bytes);
    demand(whole.consumed == (bytes.rfind('\n') == bytes.npos ? 0 : bytes.rfind('\n') + 1),
           "not all whole lines were read, or more");
    look_at_lines(whole);
    for (std::size_t part : {1, 2, 3}) look_in_two_parts(bytes, bytes.size() * part / 4, whole);
    return {};
}

std::optional<Code> request(const std::string& bytes) {
    (void)read_request(bytes);
    return document(
        bytes, parse_request, [](const Request&) {}, write_request);
}

std::optional<Code> identity(const std::string& bytes) {
    auto look = [](const Identity& found) { demand(found.id.size() == 16, "an id of another length"); };
    return document(bytes, read_identity, look, write_identity);
}

std::optional<Code> owner(const std::string& bytes) {
    return document(bytes, read_owner, look_at_owner, write_owner);
}

std::optional<Code> goal(const std::string& bytes) {
    auto look = [](const Goal& found) { demand(found.trials >= 0 && found.declared >= 0, "below 0"); };
    return document(bytes, read_goal, look, write_goal);
}

std::optional<Code> stopped(const std::string& bytes) {
    auto look = [](const Stopped& found) { demand(std::isfinite(found.setting), "not finite"); };
    return document(bytes, read_stopped, look, write_stopped);
}

std::optional<Code> agent_card(const std::string& bytes) {
    auto look = [](const AgentCard& found) {
        demand(found.cpus > 0 && found.memory >= 0 && found.gpus >= 0, "less than there can be");
        for (auto& host : found.hosts)
            demand(host.cpus > 0 && host.memory >= 0 && host.gpus >= 0, "a host with less than there can be");
        demand(std::isfinite(found.beat.count()) && found.beat >= Seconds(0), "no beat");
    };
    return document(bytes, read_agent_card, look, write_agent_card);
}

std::optional<Code> agent_job(const std::string& bytes) {
    auto look = [](const AgentJob& found) {
        demand(!found.argv.empty() && found.directory.starts_with('/'), "nothing to start, or nowhere");
        demand(std::isfinite(found.silence.count()) && found.silence >= Seconds(0), "no silence");
    };
    auto write = [](const AgentJob& job) { return *write_agent_job(job); };
    return document(bytes, read_agent_job, look, write);
}

}  // namespace tw::fuzz
