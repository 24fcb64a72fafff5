#include "app/ctl/advise.hpp"
#include "app/ctl/json.hpp"
#include "app/ctl/verbs.hpp"
#include "base/text.hpp"

namespace tw {

namespace {

Result<Json> read_json(CtlContext& context, const std::string& path) {
    auto text = read_named(context, path);
    if (!text) {
        text.error().hint = "inside a job $TRIAL_CONFIG names it; elsewhere go to the trial's directory";
        return fail(text.error());
    }
    if (auto config = read_config(*text, path); !config) return fail(config.error());
    return Json::parse(*text, nullptr, false);  // read_config accepted it
}

// The whole word as a key, else a path of keys and list indices.
const Json* look_up(const Json& json, const std::string& key) {
    if (auto found = json.find(key); found != json.end()) return &*found;
    const Json* at = &json;
    for (auto& part : split(key, '.')) {
        bool index = at->is_array() && !part.empty() && part.size() < 10 &&
                     part.find_first_not_of("0123456789") == std::string::npos;
        if (at->is_object() && at->contains(part))
            at = &(*at)[part];
        else if (index && std::stoul(part) < at->size())
            at = &(*at)[std::stoul(part)];
        else
            return nullptr;
    }
    return at;
}

Error missing(const Json& json, const std::string& key, const std::string& path) {
    std::vector<std::string> keys;
    for (auto& [name, value] : json.items())
        if (!name.starts_with('_')) keys.push_back(name);
    Error error = advise(Code::not_found, "there is no '" + key + "'", "it has " + join(keys, ", "), path);
    if (keys.empty()) error.hint = "it is empty";
    if (std::string near = did_you_mean(key, keys); !near.empty())
        error.hint += "; did you mean '" + near + "'?";
    return error;
}

std::string bare(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_integer() && !value.is_number_unsigned()) return to_text(value.get<std::int64_t>());
    if (value.is_number_float()) return to_text(value.get<double>());
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

int get_verb(CtlContext& context, const GetOptions& options) {
    std::string path = variable(context, "TRIAL_CONFIG");
    if (path.empty()) path = "config.json";
    auto json = read_json(context, path);
    if (!json && json.error().code == Code::not_found && options.otherwise) {
        context.out << *options.otherwise << "\n";
        return 0;
    }
    if (!json) return complain(context, json.error());
    const Json* value = look_up(*json, options.key);
    if (!value && options.otherwise) {
        context.out << *options.otherwise << "\n";
        return 0;
    }
    if (!value) return complain(context, missing(*json, options.key, path));
    if (options.json)
        print_json(context, *value);
    else
        context.out << bare(*value) << "\n";
    return 0;
}

}  // namespace tw
