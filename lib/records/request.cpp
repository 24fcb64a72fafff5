#include "base/text.hpp"
#include "records/documents.hpp"
#include "records/object_reader.hpp"

namespace tw {

Result<Request> parse_request(const std::string& text, const std::string& file) {
    if (trim(text).empty()) return Request{};
    const auto document = json::parse(text, file);
    if (!document) return fail(document.error());
    Mistakes mistakes{file, {}};
    Request request;
    ObjectReader reader(*document, "", mistakes);
    reader.text("by", request.by);
    reader.text("reason", request.reason);
    if (mistakes.errors.empty()) return request;
    return fail(mistakes.first(text));
}

Request read_request(const std::string& text) {
    return parse_request(text, {}).value_or(Request{});
}

std::string write_request(const Request& request) {
    json::Value document = json::Value::object();
    if (!request.by.empty()) document["by"] = request.by;
    if (!request.reason.empty()) document["reason"] = request.reason;
    return json::dump(document);
}

}  // namespace tw
