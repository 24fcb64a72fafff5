#include <fmt/format.h>

#include <cmath>

#include "records/documents.hpp"
#include "records/object_reader.hpp"

namespace tw {

namespace {

constexpr const char* own_key = "_trial";

bool has_zero(const std::string& text) {
    return text.find('\0') != std::string::npos;
}

// Keys that this release does not know are left alone: a later one may have written them.
Proposal read_proposal(const json::Value& value, Mistakes& mistakes) {
    Proposal proposal;
    double budget = 0;
    ObjectReader reader(value, std::string("/") + own_key, mistakes);
    reader.text("run", proposal.run);
    reader.whole("k", proposal.k, -1);
    reader.whole("seen", proposal.seen, 0);
    reader.natural("seed", proposal.seed);
    if (reader.real("budget", budget)) proposal.budget = budget;
    reader.text("parent", proposal.parent);
    reader.text("sampler", proposal.sampler);
    reader.whole("revision", proposal.revision, 0);
    return proposal;
}

void read_parameter(const std::string& key, const json::Value& value, Config& config, Mistakes& mistakes) {
    const std::string pointer = "/" + json::escape_pointer(key);
    if (key.empty() || has_zero(key)) {
        mistakes.add(pointer, key.empty() ? "a parameter needs a name" : "the name contains a zero byte");
    } else if (!json::is_scalar(value)) {
        config.other.push_back(key);
    } else if (value.is_string() && has_zero(value.get_ref<const std::string&>())) {
        mistakes.add(pointer, "the text contains a zero byte");
    } else {
        config.params[key] = json::scalar(value);
    }
}

json::Value proposal_value(const Proposal& proposal) {
    const Proposal none;
    json::Value value = json::Value::object();
    if (!proposal.run.empty()) value["run"] = proposal.run;
    if (proposal.k != none.k) value["k"] = proposal.k;
    if (proposal.seen != none.seen) value["seen"] = proposal.seen;
    if (proposal.seed != none.seed) value["seed"] = proposal.seed;
    if (proposal.budget && std::isfinite(*proposal.budget))
        value["budget"] = json::value_of(whole_if_possible(*proposal.budget));
    if (!proposal.parent.empty()) value["parent"] = proposal.parent;
    if (!proposal.sampler.empty()) value["sampler"] = proposal.sampler;
    if (proposal.revision != none.revision) value["revision"] = proposal.revision;
    return value;
}

bool writable(const std::string& name, const Scalar& value) {
    const auto* real = std::get_if<double>(&value);
    return !name.empty() && name[0] != '_' && !(real && !std::isfinite(*real));
}

}  // namespace

Result<Config> read_config(const std::string& text, const std::string& file) {
    const auto document = json::parse(text, file);
    if (!document) return fail(document.error());
    Mistakes mistakes{file, {}};
    Config config;
    ObjectReader reader(*document, "", mistakes);
    if (const auto* own = reader.find(own_key)) config.proposal = read_proposal(*own, mistakes);
    if (document->is_object())
        for (const auto& [key, value] : document->items())
            if (!key.starts_with('_')) read_parameter(key, value, config, mistakes);
    if (mistakes.errors.empty()) return config;
    return fail(mistakes.first(text));
}

std::string write_config(const Config& config) {
    json::Value document = json::Value::object();
    for (const auto& [name, value] : config.params)
        if (writable(name, value)) json::append(document, name, json::value_of(value));
    if (const json::Value own = proposal_value(config.proposal); !own.empty()) document[own_key] = own;
    return json::dump(document);
}

}  // namespace tw
