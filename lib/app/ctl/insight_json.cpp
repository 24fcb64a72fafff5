#include "app/ctl/insight_json.hpp"

namespace tw {

namespace {

Json trials_json(const ExperimentView& view) {
    Json json;
    json["total"] = view.trials.size();
    json["planned"] = view.planned();
    for (int i = 0; i < trial_states; ++i) {
        auto state = static_cast<TrialState>(i);
        json[std::string(to_string(state))] = view.count(state);
    }
    return json;
}

Json region_json(const ParameterFacts& facts) {
    auto& region = facts.region;
    if (region.active == 0) return nullptr;
    if (facts.parameter->type != ParameterType::categorical)
        return {{"low", region.low}, {"high", region.high}};
    Json choices = Json::array();
    for (auto& [choice, count] : region.choices)
        choices.push_back({{"choice", to_json(choice)}, {"trials", count}});
    return {{"choices", choices}};
}

Json parameter_json(const ExperimentView& view, const ParameterFacts& facts) {
    Json json;
    json["name"] = facts.parameter->name;
    for (std::size_t i = 0; i < facts.importance.size(); ++i) {
        auto& name = view.experiment->objectives[i].name;
        json["importance"][name] = facts.importance[i].share;
        json["chance"][name] = facts.importance[i].chance;
    }
    json["region"] = region_json(facts);
    json["edge"] = facts.edge == Edge::none ? Json(nullptr) : Json(facts.edge == Edge::low ? "low" : "high");
    return json;
}

Json trait_json(const Trait& trait) {
    Json json;
    json["parameter"] = trait.parameter;
    json["choice"] = trait.choice ? to_json(*trait.choice) : Json(nullptr);
    json["low"] = trait.low ? Json(*trait.low) : Json(nullptr);
    json["high"] = trait.high ? Json(*trait.high) : Json(nullptr);
    json["others"] = trait.others;
    return json;
}

}  // namespace

Json insight_json(FileSystem& fs, const ExperimentView& view, const Insight& insight) {
    Json json;
    json["experiment"] = fs.root();
    json["trials"] = trials_json(view);
    json["complete"] = insight.complete.size();
    json["left_out"] = insight.left_out;
    json["best"] = Json::array();
    for (auto* trial : insight.best) json["best"].push_back(to_json(*trial, fs));
    json["found"] = insight.found;
    json["quarters"] = Json::object();
    for (std::size_t i = 0; i < insight.quarters.size(); ++i)
        json["quarters"][view.experiment->objectives[i].name] = insight.quarters[i];
    json["top"] = insight.top;
    json["parameters"] = Json::array();
    for (auto& facts : insight.parameters) json["parameters"].push_back(parameter_json(view, facts));
    json["failed"] = {{"kinds", insight.failures.kinds}, {"own", insight.failures.own}, {"trait", nullptr}};
    if (insight.failures.trait) json["failed"]["trait"] = trait_json(*insight.failures.trait);
    json["pruned"] = nullptr;
    if (auto& pruning = insight.pruning)
        json["pruned"] = {{"trials", pruning->trials}, {"steps", pruning->steps}, {"whole", pruning->whole}};
    return json;
}

}  // namespace tw
