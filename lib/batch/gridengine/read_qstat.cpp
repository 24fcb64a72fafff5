#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <pugixml.hpp>
#include <set>

#include "base/text.hpp"
#include "batch/gridengine/answers.hpp"

namespace tw::gridengine {

namespace {

constexpr std::int64_t most_tasks =
    2'000'000;  // of one line; the largest array of a default cluster is 75,000

tl::unexpected<Error> not_whole(std::string what) {
    return fail({Code::io, "qstat's answer cannot be read: " + std::move(what), {}, {}, 0, {}});
}

bool is_token(const std::string& name) {
    auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !name.empty() && name.size() <= 15 && name[0] >= 'a' && name[0] <= 'z' &&
           std::all_of(name.begin(), name.end(), allowed);
}

bool is_number(const std::string& text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Result<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    auto [stop, failure] = std::from_chars(text.data(), end, value);
    if (failure != std::errc() || stop != end || value < 1)
        return not_whole(fmt::format("'{}' is no task", shortened(std::string(text), 40)));
    return value;
}

// "6", "1-4:1"
Status add_range(const std::string& text, std::vector<std::int64_t>& tasks) {
    std::size_t dash = text.find('-'), colon = text.find(':');
    auto first = number(text.substr(0, std::min(dash, colon)));
    auto last = dash == text.npos
                    ? first
                    : number(text.substr(dash + 1, colon == text.npos ? colon : colon - dash - 1));
    auto step = colon == text.npos ? Result<std::int64_t>(1) : number(text.substr(colon + 1));
    for (auto* part : {&first, &last, &step})
        if (!*part) return fail(part->error());
    if (*last < *first || (*last - *first) / *step + static_cast<std::int64_t>(tasks.size()) > most_tasks)
        return not_whole(fmt::format("'{}' is no range of tasks", shortened(text, 40)));
    for (std::int64_t task = *first; task <= *last; task += *step) tasks.push_back(task);
    return {};
}

Status add_job(const pugi::xml_node& node, std::vector<QueuedTask>& tasks) {
    QueuedTask task;
    task.number = node.child_value("JB_job_number");
    task.tag.token = node.child_value("JB_name");
    task.state = node.child_value("state");
    std::string queue = node.child_value("queue_name"), range = node.child_value("tasks");
    if (!is_number(task.number) || task.tag.token.empty() || task.state.empty())
        return not_whole("a job without number, name or state");
    if (!is_token(task.tag.token)) return {};
    if (std::size_t at = queue.find('@'); at != queue.npos) task.host = queue.substr(at + 1);
    auto indexes =
        range.empty() ? Result<std::vector<std::int64_t>>(std::vector<std::int64_t>{0}) : read_tasks(range);
    if (!indexes) return fail(indexes.error());
    for (std::int64_t index : *indexes) {
        task.tag.index = index;
        tasks.push_back(task);
    }
    return {};
}

pugi::xml_document parsed(const std::string& xml, pugi::xml_parse_result& result) {
    pugi::xml_document document;
    result = document.load_buffer(xml.data(), xml.size());
    return document;
}

}  // namespace

Result<std::vector<std::int64_t>> read_tasks(const std::string& text) {
    std::vector<std::int64_t> tasks;
    for (const std::string& part : split(text, ','))
        if (auto added = add_range(std::string(trim(part)), tasks); !added) return fail(added.error());
    return tasks;
}

// Running jobs stand in <queue_info>, waiting ones in a <job_info> inside the outer one.
Result<std::vector<QueuedTask>> read_qstat(const std::string& xml) {
    pugi::xml_parse_result result;
    pugi::xml_document document = parsed(xml, result);
    pugi::xml_node root = document.child("job_info"), running = root.child("queue_info"),
                   waiting = root.child("job_info");
    if (!result) return not_whole(result.description());
    if (!running || !waiting) return not_whole("it is no list of jobs");
    std::vector<QueuedTask> tasks;
    for (const pugi::xml_node& part : {running, waiting})
        for (const pugi::xml_node& node : part.children("job_list"))
            if (auto added = add_job(node, tasks); !added) return fail(added.error());
    return tasks;
}

// Deleted jobs are shown until their host has said that they are gone. A suspended job has started: its time
// runs.
JobReport report_of(const QueuedTask& task) {
    JobReport report{task.tag, task.id(), JobState::running, task.host, {}, {}};
    if (task.in_error()) {
        report.state = JobState::held;
        report.detail = fmt::format("in error state ({})", task.state);
    } else if (task.waits()) {
        bool held = task.state.find('h') != task.state.npos;
        report.state = held ? JobState::held : JobState::queued;
        if (held)
            report.detail = fmt::format("on hold by a user, an operator or a dependency ({})", task.state);
    } else if (task.state.find_first_of("sST") != task.state.npos) {
        report.detail = fmt::format("suspended ({})", task.state);
    }
    return report;
}

int read_slots(const std::string& xml) {
    pugi::xml_parse_result result;
    pugi::xml_document document = parsed(xml, result);
    long slots = 0;
    if (result)
        for (const pugi::xml_node& queue : document.child("job_info").children("cluster_queue_summary"))
            slots += std::max(0, queue.child("total").text().as_int());
    return static_cast<int>(std::min(slots, 1'000'000'000L));
}

std::vector<std::string> read_silent_hosts(const std::string& xml) {
    pugi::xml_parse_result result;
    pugi::xml_document document = parsed(xml, result);
    std::set<std::string> hosts;
    if (!result) return {};
    for (const pugi::xml_node& queue :
         document.child("job_info").child("queue_info").children("Queue-List")) {
        std::string name = queue.child_value("name"), state = queue.child_value("state");
        std::size_t at = name.find('@');
        if (at != name.npos && state.find('u') != state.npos) hosts.insert(name.substr(at + 1));
    }
    return {hosts.begin(), hosts.end()};
}

}  // namespace tw::gridengine
