#include "records/owner.hpp"

#include "records/journal_json.hpp"
#include "records/object_reader.hpp"

namespace tw {

std::string write_owner(const Owner& owner) {
    JournalJson json;
    json["format"] = journal_format;
    json["experiment"] = owner.experiment;
    json["epoch"] = owner.epoch;
    json["host"] = owner.host;
    json["boot_id"] = owner.boot_id;
    json["user"] = owner.user;
    json["pid"] = owner.pid;
    json["start_time"] = owner.start_time;
    put(json, "sealed", owner.sealed);
    if (owner.head >= 0) json["head"] = owner.head;
    put(json, "since", owner.since);
    return json.dump(-1, ' ', false, JournalJson::error_handler_t::replace);
}

namespace {

Owner read_fields(ObjectReader& reader) {
    for (auto* key : {"experiment", "epoch", "host", "boot_id", "pid", "start_time"}) reader.require(key);
    Owner owner;
    reader.text("experiment", owner.experiment);
    reader.whole("epoch", owner.epoch, 1);
    reader.text("host", owner.host);
    reader.text("boot_id", owner.boot_id);
    reader.text("user", owner.user);
    reader.whole("pid", owner.pid, 1);
    reader.whole("start_time", owner.start_time, 0);
    reader.whole("sealed", owner.sealed, 0);
    reader.whole("head", owner.head, 0);
    double since = 0;
    if (reader.real("since", since)) owner.since = Instant(Seconds(since));
    return owner;
}

}  // namespace

Result<Owner> read_owner(const std::string& text, const std::string& file) {
    const auto document = json::parse(text, file);
    if (!document) return fail(document.error());
    Mistakes mistakes{file, {}};
    ObjectReader reader(*document, "", mistakes);
    Owner owner;
    if (reader.format(journal_format)) owner = read_fields(reader);
    if (mistakes.errors.empty()) return owner;
    return fail(mistakes.first(text));
}

}  // namespace tw
