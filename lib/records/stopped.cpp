#include "records/stopped.hpp"

#include "records/object_reader.hpp"

namespace tw {

namespace {

constexpr int stopped_format = 1;

Stopped read_fields(ObjectReader& reader) {
    Stopped stopped;
    reader.require("rule");
    reader.text("rule", stopped.rule);
    reader.require("setting");
    reader.real("setting", stopped.setting);
    reader.text("reason", stopped.reason);
    return stopped;
}

}  // namespace

Result<Stopped> read_stopped(const std::string& text, const std::string& file) {
    const auto document = json::parse(text, file);
    if (!document) return fail(document.error());
    Mistakes mistakes{file, {}};
    ObjectReader reader(*document, "", mistakes);
    Stopped stopped;
    if (reader.format(stopped_format)) stopped = read_fields(reader);
    if (mistakes.errors.empty()) return stopped;
    return fail(mistakes.first(text));
}

std::string write_stopped(const Stopped& stopped) {
    json::Value document;
    document["format"] = stopped_format;
    document["rule"] = stopped.rule;
    document["setting"] = stopped.setting;
    document["reason"] = stopped.reason;
    return json::dump(document);
}

std::optional<double> setting_of(const StopSpec& spec, const std::string& rule) {
    if (rule == "time") return spec.time ? std::optional<double>(spec.time->count()) : std::nullopt;
    if (rule == "target") return spec.target;
    if (rule == "patience")
        return spec.patience > 0 ? std::optional<double>(static_cast<double>(spec.patience)) : std::nullopt;
    return rule == "regret" ? spec.regret : std::nullopt;
}

}  // namespace tw
