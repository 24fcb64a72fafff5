// Private to the floor that reads and writes JSON; not installed.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/scalar.hpp"
#include "records/documents.hpp"

namespace tw::json {

// Objects keep the order of the file.
using Value = nlohmann::ordered_json;

// So many mistakes of a document are told, or so many bytes: with long names few would fill the memory.
inline constexpr std::size_t most_mistakes = 2000, most_mistake_bytes = std::size_t{16} << 20;

// Deeper documents are refused: nothing of ours nests so far, and recursion must have an end.
inline constexpr int depth_limit = 100;

struct ParseOptions {
    bool comments = false;  // /* */ and // are skipped
    std::int64_t longest = document_limit;
    bool bare_nan = false;  // NaN, Infinity, -Infinity are numbers
};

// A text that is the beginning of a document, or empty, is Code::not_yet; anything else that is
// no JSON is Code::invalid with its line. With `repeated`, keys that an object has twice are
// collected there without their lines (the last value stays), at most so many as are told, else the first one
// fails the document.
Result<Value> parse(const std::string& text, const std::string& file, const ParseOptions& options = {},
                    std::vector<Error>* repeated = nullptr);

// With every bare NaN outside strings replaced by the spelling of a number that stands for it; a tail that
// may become one is dropped, so that the rest is seen as incomplete.
std::string replace_bare_nan(const std::string& text);

// The other way. False: the spelling stands for itself.
bool bare_nan(const std::string& spelling, double& out);

// The line of the value at `pointer` in a text that `parse` accepted; 0 when there is none.
int line_of(const std::string& text, const std::string& pointer);

std::string escape_pointer(const std::string& key);

// False: not a number.
bool number(const Value& value, double& out);

// 3 and 3.0 alike. False: not a whole number, or beyond 64 bits.
bool whole_number(const Value& value, std::int64_t& out);

bool is_scalar(const Value& value);
Scalar scalar(const Value& value);  // of one for which is_scalar
Value value_of(const Scalar& scalar);

// Adds a key that the object does not have. Its own operator[] looks at every key before.
void append(Value& object, const std::string& key, Value value);

const char* kind_name(const Value& value);  // "a string", "a list", ...

// With a newline; bytes that are no UTF-8 are replaced, so that this never fails. `indent` -1: one line.
std::string dump(const Value& value, int indent = -1);

}  // namespace tw::json
