#include "batch/htcondor/hold_advisor.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace tw {

namespace {

// RFC 8259. What is not UTF-8 is told with a question mark for each byte that is not ASCII.
std::string quoted(std::string_view text) {
    const bool utf8 = valid_utf8(text);
    std::string out = "\"";
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte == 0x7f) {
            out += fmt::format("\\u{:04x}", byte);
        } else {
            out += byte < 0x80 || utf8 ? c : '?';
        }
    }
    return out + "\"";
}

std::string event_text(const CondorEvent& event) {
    return fmt::format(R"({{"number":{},"time":{},"text":{},"reason":{}}})", event.number, quoted(event.time),
                       quoted(event.title), quoted(event.reason));
}

}  // namespace

std::string advisor_question(const CondorJob& job) {
    std::vector<std::string> events;
    for (const CondorEvent& event : job.history) events.push_back(event_text(event));
    std::string hold = fmt::format(R"({{"code":{},"subcode":{},"reason":{}}})", job.hold_code,
                                   job.hold_subcode, quoted(job.detail));
    return fmt::format(
        R"({{"format":1,"job":{},"token":{},"index":{},"host":{},"hold":{},"starts":{},"releases":{},"events":[{}]}})"
        "\n",
        quoted(job.id.text()), quoted(job.tag.token), job.tag.index, quoted(job.host), hold, job.starts,
        job.releases, join(events, ","));
}

std::optional<Advice> ask_hold_advisor(const BatchPorts& ports, const std::vector<std::string>& argv,
                                       const CondorJob& job, Seconds timeout) {
    Command command{argv, ports.processes.environment(), ports.fs.root(), advisor_question(job), timeout};
    auto answer = ports.commands.run(command);
    std::string word = answer && answer->status == 0 ? std::string(trim(answer->output)) : "";
    if (word == "release") return Advice::release;
    if (word == "remove") return Advice::remove;
    std::string why = !answer ? answer.error().text()
                      : answer->status != 0
                          ? fmt::format("status {}: {}", answer->status, trim(answer->error))
                          : fmt::format("it said '{}'", word);
    ports.log.warn("the hold advisor did not decide about job {}: {}", job.id.text(), shortened(why, 200));
    return std::nullopt;
}

}  // namespace tw
