#include <fmt/format.h>

#include <algorithm>

#include "records/documents.hpp"
#include "records/object_reader.hpp"

namespace tw {

namespace {

constexpr int identity_format = 1;

bool is_identity(const std::string& id) {
    auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return id.size() == 16 && std::all_of(id.begin(), id.end(), hex);
}

Identity read_fields(ObjectReader& reader) {
    Identity identity;
    reader.require("id");
    if (reader.text("id", identity.id) && !is_identity(identity.id))
        reader.wrong("id", "'id' must be 16 hexadecimal digits");
    reader.require("path");
    if (reader.text("path", identity.path) && identity.path.empty())
        reader.wrong("path", "'path' must not be empty");
    reader.require("inode");
    reader.natural("inode", identity.inode);
    return identity;
}

}  // namespace

Result<Identity> read_identity(const std::string& text, const std::string& file) {
    const auto document = json::parse(text, file);
    if (!document) return fail(document.error());
    Mistakes mistakes{file, {}};
    ObjectReader reader(*document, "", mistakes);
    Identity identity;
    if (reader.format(identity_format)) identity = read_fields(reader);
    if (mistakes.errors.empty()) return identity;
    return fail(mistakes.first(text));
}

std::string write_identity(const Identity& identity) {
    json::Value document;
    document["format"] = identity_format;
    document["id"] = identity.id;
    document["path"] = identity.path;
    document["inode"] = identity.inode;
    return json::dump(document);
}

}  // namespace tw
