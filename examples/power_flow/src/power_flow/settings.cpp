#include "power_flow/settings.hpp"

#include <cmath>
#include <stdexcept>

#include "power_flow/files.hpp"

namespace power_flow {
namespace {

class Reader {
public:
    explicit Reader(const nlohmann::json& config) : config_(config) {
        if (!config.is_object()) throw std::runtime_error("the configuration is not an object");
    }

    void number(const char* key, double& value, double low, double high) const {
        if (!config_.contains(key)) return;
        const auto& given = config_.at(key);
        if (!given.is_number() || !(given >= low && given <= high)) fail(key, "a number", low, high);
        value = given.get<double>();
    }

    template <class Integer>
    void whole(const char* key, Integer& value, double low, double high) const {
        double given = static_cast<double>(value);
        number(key, given, low, high);
        if (given != std::floor(given)) fail(key, "a whole number", low, high);
        value = static_cast<Integer>(given);
    }

    void text(const char* key, std::string& value) const {
        if (!config_.contains(key)) return;
        if (!config_.at(key).is_string()) throw std::runtime_error(std::string(key) + " must be a string");
        value = config_.at(key).get<std::string>();
    }

private:
    [[noreturn]] void fail(const char* key, const char* what, double low, double high) const {
        throw std::runtime_error(std::string(key) + " must be " + what + " from " + Json(low).dump() +
                                 " to " + Json(high).dump() + ", not " + config_.at(key).dump());
    }

    const nlohmann::json& config_;
};

void check(const Settings& settings) {
    if (settings.schedule != "constant" && settings.schedule != "cosine")
        throw std::runtime_error("schedule \"" + settings.schedule + "\" is neither constant nor cosine");
}

}  // namespace

Settings settings_from(const nlohmann::json& config) {
    Settings result;
    const Reader read(config);
    read.number("lr", result.lr, 1e-12, 1e6);
    read.text("schedule", result.schedule);
    read.whole("layers", result.layers, 0, 100);
    read.whole("width", result.width, 1, 10000);
    read.text("activation", result.activation);
    read.whole("batch", result.batch, 1, 1e6);
    read.number("weight_decay", result.weight_decay, 0, 1e6);
    read.text("optimizer", result.optimizer);
    read.number("momentum", result.momentum, 0, 1);
    read.text("case", result.case_file);
    read.whole("epochs", result.epochs, 1, 1e6);
    read.whole("train_scenarios", result.train_scenarios, 2, 1e6);
    read.whole("flow_tasks", result.flow_tasks, 1, 1e5);
    read.whole("scenarios_per_task", result.scenarios_per_task, 1, 1e5);
    read.number("load_spread", result.load_spread, 0, 1);
    read.whole("scenario_seed", result.scenario_seed, 0, 9e15);
    read.number("error_weight", result.error_weight, 0, 1e6);
    read.number("iterations_weight", result.iterations_weight, 0, 1e6);
    read.number("failure_weight", result.failure_weight, 0, 1e6);
    check(result);
    return result;
}

Settings trial_settings() {
    const std::string path = environment("TRIAL_CONFIG", "config.json");
    try {
        return settings_from(read_json(path));
    } catch (const std::runtime_error& error) {
        const std::string what = error.what();
        throw std::runtime_error(what.rfind(path, 0) == 0 ? what : path + ": " + what);
    }
}

std::string case_path(const Settings& settings) {
    return below(environment("TRIAL_EXPERIMENT", "../.."), settings.case_file);
}

}  // namespace power_flow
