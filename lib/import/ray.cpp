#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "import/domains.hpp"
#include "import/formats.hpp"

namespace tw::foreign {

namespace {

// Ray's functions, with the names of their arguments.
struct Function {
    const char* name;
    std::vector<std::string> arguments;
};

const std::vector<Function>& functions() {
    static const std::vector<Function> list{{"uniform", {"lower", "upper"}},
                                            {"quniform", {"lower", "upper", "q"}},
                                            {"loguniform", {"lower", "upper", "base"}},
                                            {"qloguniform", {"lower", "upper", "q", "base"}},
                                            {"randn", {"mean", "sd"}},
                                            {"qrandn", {"mean", "sd", "q"}},
                                            {"randint", {"lower", "upper"}},
                                            {"qrandint", {"lower", "upper", "q"}},
                                            {"lograndint", {"lower", "upper", "base"}},
                                            {"qlograndint", {"lower", "upper", "q", "base"}},
                                            {"choice", {"categories"}},
                                            {"grid_search", {"values"}}};
    return list;
}

const Function* function_named(std::string name) {
    for (const char* prefix : {"ray.tune.", "tune."})
        if (name.starts_with(prefix)) name.erase(0, std::string(prefix).size());
    for (const Function& function : functions())
        if (name == function.name) return &function;
    return nullptr;
}

// A call as it is written down: the function and its arguments by name.
struct Call {
    const Function* function = nullptr;
    json::Value arguments = json::Value::object();
};

Call by_place(const Function* function, const json::Value& given) {
    Call call{function, json::Value::object()};
    if (function->arguments.size() == 1) {
        call.arguments[function->arguments.front()] = given;
        return call;
    }
    for (std::size_t i = 0; given.is_array() && i < given.size(); ++i)
        json::append(
            call.arguments,
            i < function->arguments.size() ? function->arguments[i] : fmt::format("argument {}", i + 1),
            given[i]);
    return call;
}

Call call_of(const json::Value& value) {
    if (!value.is_object()) return {};
    const auto type = value.find("type");
    if (type != value.end() && type->is_string()) {
        Call call{function_named(*type), value};
        call.arguments.erase("type");
        return call;
    }
    if (value.size() != 1) return {};
    const Function* function = function_named(value.begin().key());
    if (!function) return {};
    if (!value.begin()->is_object()) return by_place(function, *value.begin());
    return {function, *value.begin()};
}

void read_numbers(const std::string& name, const json::Value& arguments, Parameter& parameter,
                  const std::string& pointer, Draft& draft) {
    const std::size_t before = draft.mistakes.errors.size();
    Numbers n;
    const bool quantised = name.starts_with("q");
    if (quantised) n.q = number_at(arguments, "q", pointer, draft).value_or(0);
    n.log = name.find("log") != name.npos;
    n.whole = name.ends_with("randint");
    if (name.ends_with("randn")) {
        n.mean = number_at(arguments, "mean", pointer, draft);
        n.deviation = number_at(arguments, "sd", pointer, draft);
    } else {
        n.low = number_at(arguments, "lower", pointer, draft);
        n.high = number_at(arguments, "upper", pointer, draft);
    }
    if (draft.mistakes.errors.size() > before) return;
    if (quantised && n.q <= 0) return draft.mistakes.add(pointer, "q must be more than 0");
    if (n.whole && !quantised) n.high = *n.high - 1;  // without its upper bound; with q it is included
    set_numbers(parameter, n, pointer, draft);
}

void read_call(const Call& call, Parameter& parameter, const std::string& pointer, Draft& draft) {
    const std::string name = call.function->name;
    draft.note_others(call.arguments, pointer, call.function->arguments);
    if (name != "choice" && name != "grid_search")
        return read_numbers(name, call.arguments, parameter, pointer, draft);
    const auto list = call.arguments.find(call.function->arguments.front());
    set_choices(parameter, list == call.arguments.end() ? json::Value() : *list, {}, pointer, draft);
    if (name == "grid_search")
        draft.note(pointer, "grid_search tries each of its values; here they are choices like others",
                   R"(with "sampler": "grid" all are tried)");
}

void read_parameters(const std::string& prefix, const json::Value& space, const std::string& pointer,
                     Draft& draft) {
    for (const auto& [key, value] : space.items()) {
        const std::string place = pointer + "/" + json::escape_pointer(key);
        Parameter parameter;
        parameter.name = prefix + key;
        const Call call = call_of(value);
        if (!call.function && value.is_object()) {
            if (value.contains("type") && value["type"].is_string())
                draft.note(
                    place + "/type",
                    fmt::format("'{}' is no function of Ray Tune; this is read as parameters of their own",
                                value["type"].get<std::string>()));
            read_parameters(parameter.name + ".", value, place, draft);
            continue;
        }
        if (call.function)
            read_call(call, parameter, place, draft);
        else
            set_fixed(parameter, value, place, draft);
        draft.add(std::move(parameter), place);
    }
}

bool has_call(const json::Value& value) {
    if (call_of(value).function) return true;
    return value.is_object() && std::any_of(value.begin(), value.end(), has_call);
}

// Unless there are parameters beside it: then it is one more object of them.
const char* space_key(const json::Value& file) {
    for (const char* key : {"param_space", "space", "config"}) {
        json::Value rest = file;
        if (rest.erase(key) > 0 && file[key].is_object() && !call_of(file[key]).function && !has_call(rest))
            return key;
    }
    return nullptr;
}

void read_metric(const json::Value& file, Draft& draft) {
    const auto metric = file.find("metric"), mode = file.find("mode");
    if (mode != file.end() && *mode != "min" && *mode != "max")
        return draft.mistakes.add("/mode", "'mode' must be min or max");
    if (metric == file.end() && mode == file.end()) return;
    if (metric == file.end() || !metric->is_string())
        return draft.note("/mode", "the mode is not carried over: there is no metric");
    const bool up = mode != file.end() && *mode == "max";
    draft.objectives.push_back({*metric, up ? Direction::maximize : Direction::minimize});
}

}  // namespace

bool is_ray(const json::Value& file) {
    return has_call(file);
}

void read_ray(const json::Value& file, Draft& draft) {
    const char* key = space_key(file);
    if (!key) return read_parameters("", file, "", draft);
    read_metric(file, draft);
    if (const auto samples = file.find("num_samples"); samples != file.end())
        if (!json::whole_number(*samples, draft.trials) || draft.trials < 0) {
            draft.trials = -1;
            draft.note("/num_samples", "'num_samples' is no number of trials, and is not carried over");
        }
    draft.note_others(file, "", {"metric", "mode", "num_samples", key});
    read_parameters("", file[key], std::string("/") + key, draft);
}

}  // namespace tw::foreign
