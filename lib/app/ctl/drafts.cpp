#include "app/ctl/drafts.hpp"

#include "app/ctl/advise.hpp"
#include "app/ctl/json.hpp"
#include "app/ctl/settings.hpp"
#include "trialdir/experiment_dir.hpp"

namespace tw {

namespace {

struct Base {
    Config config;
    Json json = Json::object();  // keys with lists and objects are taken over as they are
};

Error unreadable(const Error& error, const std::string& path) {
    bool absent = error.code == Code::not_found;
    if (!absent && error.code != Code::refused) return error;
    return advise(Code::usage, absent ? "there is no such file" : "this is no regular file",
                  "--config takes a JSON file with parameters, or - for standard input", path);
}

// The proposal's number would make it somebody's second answer: only what a job may read is kept.
Result<Base> read_base(CtlContext& context, const std::string& path) {
    if (path.empty()) return Base{};
    std::string name = path == "-" ? "standard input" : path;
    auto text = read_named(context, path);
    if (!text) return fail(unreadable(text.error(), path));
    auto config = read_config(*text, name);
    if (!config) {
        if (config.error().code == Code::not_yet) config.error().code = Code::invalid;
        return fail(config.error());
    }
    Base base{std::move(*config), Json::parse(*text, nullptr, false)};
    Proposal kept;
    kept.seed = base.config.proposal.seed;
    kept.budget = base.config.proposal.budget;
    kept.parent = base.config.proposal.parent;
    base.config.proposal = kept;
    return base;
}

std::string write_draft(const Base& base, const Params& params) {
    Config config{params, base.config.proposal, {}};
    if (base.config.other.empty()) return write_config(config);
    Json json = Json::parse(write_config(config));
    for (auto& key : base.config.other) json[key] = base.json[key];
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::optional<Experiment> require_experiment(CtlContext& context, FileSystem& fs, int& status) {
    auto loaded = load_experiment(fs);
    if (loaded) return std::move(loaded->experiment);
    for (auto& error : loaded.error()) status = complain(context, error);
    return std::nullopt;
}

Result<std::vector<Draft>> make_drafts(CtlContext& context, const Experiment& experiment,
                                       const NewOptions& options) {
    auto base = read_base(context, options.config);
    if (!base) return fail(base.error());
    auto set = read_settings(experiment.space, options.set);
    if (!set) return fail(set.error());
    auto combinations = expand_sweeps(experiment.space, options.sweeps);
    if (!combinations) return fail(combinations.error());
    for (auto& [name, value] : *set)
        if (combinations->front().contains(name))
            return fail(
                advise(Code::usage, "'" + name + "' is given by --set and by --sweep", "leave one out"));
    std::vector<Draft> drafts;
    for (auto& combination : *combinations) {
        Params given = base->config.params;
        for (auto* more : {&*set, &combination})
            for (auto& [name, value] : *more) given[name] = value;
        auto params = complete_params(experiment.space, given);
        if (!params) return fail(params.error());
        drafts.push_back({*params, write_draft(*base, *params)});
    }
    return drafts;
}

}  // namespace tw
