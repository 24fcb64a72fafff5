#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "records/documents.hpp"
#include "records/json_reader.hpp"

namespace tw::json {

namespace {

constexpr std::size_t longest_message = 200;

// Receives the parser's events and builds the tree. Refuses depth, notices repeated keys.
class Builder : public nlohmann::json_sax<Value> {
public:
    Value root;
    bool bare_nans = false;             // spellings may stand for them
    std::vector<std::string> repeated;  // pointers
    std::string failure;                // empty: none
    std::size_t failure_offset = 0;     // counts the characters read, the end of the text as one

    bool null() override { return place(nullptr); }
    bool boolean(bool value) override { return place(value); }
    bool number_integer(number_integer_t value) override { return place(value); }
    bool number_unsigned(number_unsigned_t value) override { return place(value); }
    bool number_float(number_float_t value, const string_t& spelling) override {
        if (bare_nans) (void)bare_nan(spelling, value);
        return place(value);
    }
    bool string(string_t& value) override { return place(std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Value::object()); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(Value::array()); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        Level& level = levels_.back();
        level.again = !level.keys.insert(name).second;
        level.key = std::move(name);
        if (level.again) note_repeated();
        return true;
    }

    bool parse_error(std::size_t offset, const std::string&,
                     const nlohmann::detail::exception& error) override {
        failure = error.what();
        failure_offset = offset;
        return false;
    }

private:
    struct Level {
        Value* container;
        std::set<std::string> keys;
        std::string key;  // of the value that comes next
        bool again = false;
    };
    std::vector<Level> levels_;
    std::size_t repeated_bytes_ = 0;

    // Addresses stay valid: a container grows only while none of its values is open.
    Value* put(Value&& value) {
        if (levels_.empty()) return &(root = std::move(value));
        Level& level = levels_.back();
        if (level.container->is_array()) return &level.container->emplace_back(std::move(value));
        if (level.again) return &((*level.container)[level.key] = std::move(value));
        auto& object = level.container->get_ref<Value::object_t&>();
        // Past ordered_map's own search, which would make large objects quadratic.
        static_cast<Value::object_t::Container&>(object).emplace_back(level.key, std::move(value));
        return &object.back().second;
    }

    bool place(Value&& value) {
        put(std::move(value));
        return true;
    }

    bool open(Value&& value) {
        if (levels_.size() >= depth_limit) {
            failure = "more than " + std::to_string(depth_limit) + " levels deep";
            return false;
        }
        Value* container = put(std::move(value));
        levels_.push_back({container, {}, {}});
        return true;
    }

    bool close() {
        levels_.pop_back();
        return true;
    }

    void note_repeated() {
        if (repeated.size() >= most_mistakes || repeated_bytes_ >= most_mistake_bytes) return;
        repeated.push_back(pointer());
        repeated_bytes_ += repeated.back().size();
    }

    std::string pointer() const {
        std::string text;
        for (const Level& level : levels_)
            text += "/" + (level.container->is_array() ? std::to_string(level.container->size() - 1)
                                                       : escape_pointer(level.key));
        return text;
    }
};

// nlohmann: "[json.exception.parse_error.101] parse error at line 1, column 6: what".
std::string plain_message(std::string text) {
    if (const auto place = text.find("column "); place != std::string::npos)
        text.erase(0, std::min(text.find(": ", place), text.size() - 2) + 2);
    else if (const auto id = text.find("] "); text.starts_with("[json.exception") && id != std::string::npos)
        text.erase(0, id + 2);
    return shortened(std::move(text), longest_message);
}

int line_at(const std::string& text, std::size_t offset) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text.size()));
    return 1 + static_cast<int>(std::count(text.begin(), end, '\n'));
}

Error incomplete(const std::string& file) {
    return {Code::not_yet, "the document ends before it is complete", file};
}

Error syntax_error(const Builder& builder, const std::string& text, const std::string& file) {
    Error error{Code::invalid, "not valid JSON: " + plain_message(builder.failure), file};
    if (builder.failure_offset > text.size()) error = incomplete(file);
    if (builder.failure_offset > 0) error.line = line_at(text, builder.failure_offset - 1);
    return error;
}

// A file that was written up to here and not yet further may show zeros (NFS, or after a crash);
// the parser would take the first of them for the end of the text.
Status check_bytes(const std::string& text, const std::string& file, std::int64_t longest) {
    if (static_cast<std::int64_t>(text.size()) > longest)
        return fail(Code::invalid, "longer than " + std::to_string(longest) + " bytes", file);
    const std::size_t zero = text.find('\0');
    if (zero == std::string::npos) return {};
    if (text.find_first_not_of('\0', zero) == std::string::npos) return fail(incomplete(file));
    return fail(Error{Code::invalid, "not valid JSON: a zero byte", file, {}, line_at(text, zero), {}});
}

}  // namespace

Result<Value> parse(const std::string& original, const std::string& file, const ParseOptions& options,
                    std::vector<Error>* repeated) {
    if (auto checked = check_bytes(original, file, options.longest); !checked) return fail(checked.error());
    const std::string text = options.bare_nan ? replace_bare_nan(original) : original;
    Builder builder;
    builder.bare_nans = options.bare_nan;
    const bool read =
        Value::sax_parse(text, &builder, nlohmann::detail::input_format_t::json, true, options.comments);
    if (!read) return fail(syntax_error(builder, text, file));
    for (const std::string& pointer : builder.repeated) {
        Error error{Code::invalid, "the key is there twice", file, pointer, 0, {}};
        if (repeated) {
            repeated->push_back(error);
            continue;
        }
        error.line = line_of(text, pointer);
        return fail(error);
    }
    return std::move(builder.root);
}

}  // namespace tw::json
