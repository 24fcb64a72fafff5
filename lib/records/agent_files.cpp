#include "records/agent_files.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "records/object_reader.hpp"

namespace tw {

namespace {

constexpr int agent_format = 1;

bool whole_utf8(const AgentJob& job) {
    auto good = [](const std::string& text) { return valid_utf8(text); };
    return good(job.directory) && good(job.output) && good(job.error) &&
           std::all_of(job.argv.begin(), job.argv.end(), good) &&
           std::all_of(job.environment.begin(), job.environment.end(), good);
}

void read_path(ObjectReader& reader, const std::string& key, std::string& out) {
    reader.require(key);
    if (reader.text(key, out) && !out.starts_with('/'))
        reader.wrong(key, "'" + key + "' must be an absolute path");
}

AgentJob read_job_fields(ObjectReader& reader, Mistakes&) {
    AgentJob job;
    read_path(reader, "directory", job.directory);
    read_path(reader, "output", job.output);
    read_path(reader, "error", job.error);
    reader.require("silence");
    reader.seconds("silence", job.silence);
    reader.require("argv");
    if (reader.texts("argv", job.argv) && job.argv.empty()) reader.wrong("argv", "'argv' names no program");
    reader.require("environment");
    if (!reader.texts("environment", job.environment)) return job;
    for (const std::string& entry : job.environment)
        if (entry.find('=') == entry.npos || entry.find('\0') != entry.npos)
            reader.wrong("environment", "each entry of 'environment' must read NAME=VALUE");
    return job;
}

void read_hosts(ObjectReader& reader, Mistakes& mistakes, std::vector<AgentHost>& out) {
    const json::Value* list = reader.find("hosts");
    if (!list) return;
    if (!list->is_array()) return reader.wrong("hosts", "'hosts' must be a list");
    for (std::size_t i = 0; i < list->size(); ++i) {
        ObjectReader one((*list)[i], reader.at("hosts") + "/" + std::to_string(i), mistakes);
        AgentHost host;
        for (auto* key : {"name", "cpus"}) one.require(key);
        one.text("name", host.name);
        one.whole("cpus", host.cpus, 1);
        one.whole("memory", host.memory, 0);
        one.whole("gpus", host.gpus, 0);
        out.push_back(std::move(host));
    }
}

AgentCard read_card_fields(ObjectReader& reader, Mistakes& mistakes) {
    AgentCard card;
    for (auto* key : {"host", "boot_id", "user", "pid", "start_time", "since", "beat", "cpus"})
        reader.require(key);
    reader.text("host", card.host);
    reader.text("boot_id", card.boot_id);
    reader.text("user", card.user);
    reader.text("allocation", card.allocation);
    reader.whole("pid", card.pid, 1);
    reader.whole("start_time", card.start_time, 0);
    reader.whole("cpus", card.cpus, 1);
    reader.whole("memory", card.memory, 0);
    reader.whole("gpus", card.gpus, 0);
    reader.seconds("beat", card.beat);
    read_hosts(reader, mistakes, card.hosts);
    double at = 0;
    if (reader.real("since", at)) card.since = Instant(Seconds(at));
    if (reader.find("ends") && reader.real("ends", at)) card.ends = Instant(Seconds(at));
    return card;
}

template <class Document>
Result<Document> read(const std::string& text, const std::string& file,
                      Document (*fields)(ObjectReader&, Mistakes&)) {
    const auto document = json::parse(text, file);
    if (!document) return fail(document.error());
    Mistakes mistakes{file, {}};
    ObjectReader reader(*document, "", mistakes);
    Document read;
    if (reader.format(agent_format)) read = fields(reader, mistakes);
    if (mistakes.errors.empty()) return read;
    return fail(mistakes.first(text));
}

double seconds_of(Instant instant) {
    return instant.time_since_epoch().count();
}

}  // namespace

Result<std::string> write_agent_job(const AgentJob& job) {
    if (!whole_utf8(job))
        return fail({Code::invalid,
                     "a path or variable of the job is no UTF-8",
                     job.directory,
                     {},
                     0,
                     "agents cannot be told such names: use another backend, or other names"});
    json::Value document;
    document["format"] = agent_format;
    document["directory"] = job.directory;
    document["argv"] = job.argv;
    document["environment"] = job.environment;
    document["output"] = job.output;
    document["error"] = job.error;
    document["silence"] = job.silence.count();
    return json::dump(document);
}

Result<AgentJob> read_agent_job(const std::string& text, const std::string& file) {
    return read(text, file, &read_job_fields);
}

std::string write_agent_card(const AgentCard& card) {
    json::Value document;
    document["format"] = agent_format;
    document["host"] = card.host;
    document["boot_id"] = card.boot_id;
    document["user"] = card.user;
    document["pid"] = card.pid;
    document["start_time"] = card.start_time;
    document["since"] = seconds_of(card.since);
    document["beat"] = card.beat.count();
    if (card.ends) document["ends"] = seconds_of(*card.ends);
    document["cpus"] = card.cpus;
    document["memory"] = card.memory;
    document["gpus"] = card.gpus;
    if (!card.allocation.empty()) document["allocation"] = card.allocation;
    for (const AgentHost& host : card.hosts)
        document["hosts"].push_back(
            {{"name", host.name}, {"cpus", host.cpus}, {"memory", host.memory}, {"gpus", host.gpus}});
    return json::dump(document, 2);
}

Result<AgentCard> read_agent_card(const std::string& text, const std::string& file) {
    return read(text, file, &read_card_fields);
}

}  // namespace tw
