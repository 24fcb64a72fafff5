#include "records/owner.hpp"

#include "records/journal_json.hpp"

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
    put(json, "since", owner.since);
    return json.dump(-1, ' ', false, JournalJson::error_handler_t::replace);
}

Result<Owner> read_owner(const std::string& text, const std::string& file) try {
    auto json = JournalJson::parse(text);
    auto format = json.at("format").get<int>();
    if (format > journal_format)
        return fail({Code::newer_version, "written by a newer trialwatch (format " + std::to_string(format) + ")", file,
                     "/format", 0, "use that version or a newer one; the file is left as it is"});
    Owner owner;
    take(json, "experiment", owner.experiment);
    take(json, "epoch", owner.epoch);
    take(json, "host", owner.host);
    take(json, "boot_id", owner.boot_id);
    take(json, "user", owner.user);
    take(json, "pid", owner.pid);
    take(json, "start_time", owner.start_time);
    take(json, "sealed", owner.sealed);
    take(json, "since", owner.since);
    return owner;
} catch (const std::exception& error) {
    return fail(Code::invalid, std::string("not an owner's record: ") + error.what(), file);
}

}  // namespace tw
