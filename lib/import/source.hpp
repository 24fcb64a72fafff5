// Private to lib/import: the text of another tool's file as JSON, whether it is YAML or not.
#pragma once

#include <map>
#include <string>

#include "records/json_reader.hpp"

namespace tw::foreign {

struct Source {
    json::Value value;
    std::map<std::string, int> lines;  // of YAML, by pointer
};

// An error has its line. At most document_limit bytes, and as many values: aliases of YAML can stand for
// more.
Result<Source> read_source(const std::string& text, const std::string& file);

}  // namespace tw::foreign
