// A sampler behind a pipe, for benchmarks in other languages: one JSON document per line in and out.
//
//   {"experiment": "...text of an experiment.json..."}            once; answers {"name": ..., "reason": ...}
//   {"ask": k}                      answers {"params": {...}, "by": ..., "budget": ..., "parent": ...}
//   {"tell": k, "values": [...], "outcomes": {...}}    values null: failed, or pruned where there is "last":
//                                                      [step, value]; outcomes: those with constraints
//   {"report": "name", "step": 3, "value": 0.5}    the pruner's word: {"stop": ..., "why": ...}
//   {"end": "name", "value": 0.4}                                 null: it was stopped; no answer
//   {"add": "name", "params": {...}, "values": [...]}             somebody else's trial; no answer
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "optimize/make_sampler.hpp"
#include "optimize/pruner.hpp"
#include "records/documents.hpp"
#include "records/experiment.hpp"

namespace {

using nlohmann::json;
using namespace tw;

class Server {
public:
    json serve(const json& request) {
        if (request.contains("experiment")) return begin(request.at("experiment"));
        if (request.contains("ask")) return ask(request.at("ask"));
        if (request.contains("add")) return add(request);
        if (request.contains("report")) return report(request);
        if (request.contains("end")) return end(request.at("end"), request.at("value"));
        return tell(request.at("tell"), request);
    }

private:
    json begin(const std::string& text) {
        auto experiment = read_experiment(text, "experiment.json");
        if (!experiment) return {{"error", experiment.error().front().text()}};
        auto made = make_sampler(experiment->space, experiment->optimizer, experiment->objectives);
        if (!made) return {{"error", made.error().text()}};
        sampler_ = std::move(*made);
        constraints_ = experiment->outcome_constraints;
        auto pruner = make_pruner(experiment->optimizer.pruner, experiment->objectives);
        if (!pruner) return {{"error", pruner.error().text()}};
        pruner_ = std::move(*pruner);
        return {{"name", sampler_->name()}, {"reason", sampler_->reason()}};
    }

    json ask(std::int64_t k) {
        auto suggestion = sampler_->ask(k);
        if (!suggestion) return {{"error", suggestion.error().text()}};
        sampler_->proposed(k, *suggestion);
        asked_[k] = *suggestion;
        Config config;
        config.params = suggestion->params;
        json params = json::parse(write_config(config));
        params.erase("_trial");
        json answer{{"params", params}, {"by", suggestion->by}, {"parent", suggestion->parent}};
        if (suggestion->budget) answer["budget"] = *suggestion->budget;
        return answer;
    }

    json tell(std::int64_t k, const json& request) {
        const Suggestion& made = asked_.at(k);
        Observation observation{std::to_string(k), ++seq_, k, made.params};
        observation.budget = made.budget;
        observation.parent = made.parent;
        if (const auto last = request.find("last"); last != request.end())
            observation.last = Measured{last->at(0), last->at(1)};
        return tell(std::move(observation), request);
    }

    json add(const json& request) {
        auto config = read_config(request.at("params").dump(), "params");
        if (!config) return {{"error", config.error().text()}};
        return tell({request.at("add"), ++seq_, -1, config->params}, request);
    }

    json tell(Observation observation, const json& request) {
        const json& values = request.at("values");
        observation.own_fault = values.is_null() && !observation.last;
        observation.state = observation.own_fault ? EndState::failed : EndState::complete;
        if (values.is_null() && observation.last) observation.state = EndState::pruned;
        if (!values.is_null()) observation.objectives = values.get<std::vector<double>>();
        const auto outcomes = request.value("outcomes", std::map<std::string, double>{});
        if (!values.is_null()) observation.excess = excess_of(constraints_, outcomes).value();
        sampler_->tell(observation);
        return nullptr;
    }

    json report(const json& request) {
        const std::string trial = request.at("report");
        pruner_->report(trial, request.at("step"), request.at("value"));
        const Judgement judgement = pruner_->judge(trial);
        return {{"stop", judgement.stop}, {"why", judgement.why}};
    }

    json end(const std::string& trial, const json& value) {
        TrialEnd ending{value.is_null() ? EndState::pruned : EndState::complete, {}};
        if (!value.is_null()) ending.objective = value.get<double>();
        pruner_->end(trial, ending);
        return nullptr;
    }

    std::unique_ptr<Sampler> sampler_;
    std::unique_ptr<Pruner> pruner_;
    std::vector<OutcomeConstraint> constraints_;
    std::map<std::int64_t, Suggestion> asked_;
    std::int64_t seq_ = 0;
};

}  // namespace

int main() {
    std::ios::sync_with_stdio(false);
    Server server;
    for (std::string line; std::getline(std::cin, line);)
        if (const json answer = server.serve(json::parse(line)); !answer.is_null())
            std::cout << answer << std::endl;
}
