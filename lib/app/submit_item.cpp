#include <nlohmann/json.hpp>

#include "app/launcher.hpp"

namespace tw {

std::string write_submit_item(const SubmitItem& item) {
    nlohmann::ordered_json json;
    json["executable"] = item.executable;
    json["arguments"] = item.arguments;
    json["environment"] = item.environment;
    json["directory"] = item.directory;
    json["output"] = item.output;
    json["error"] = item.error;
    json["input"] = item.input_name;
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<SubmitItem> read_submit_item(const std::string& line) try {
    auto json = nlohmann::json::parse(line);
    SubmitItem item;
    item.executable = json.at("executable").get<std::string>();
    item.arguments = json.at("arguments").get<std::vector<std::string>>();
    item.environment = json.at("environment").get<std::vector<std::string>>();
    item.directory = json.at("directory").get<std::string>();
    item.output = json.at("output").get<std::string>();
    item.error = json.at("error").get<std::string>();
    item.input_name = json.at("input").get<std::string>();
    return item;
} catch (const std::exception& error) {
    return fail(Code::invalid, std::string("a journalled array task cannot be read: ") + error.what());
}

}  // namespace tw
