#include "import/source.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.hpp"

namespace tw::foreign {

namespace {

constexpr std::size_t most_values = 100'000;

struct Unreadable {
    std::string what;
    int line = 0;
};

std::string lower_case(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::optional<json::Value> number_of(const std::string& text) {
    const bool sign = text.size() > 1 && (text[0] == '+' || text[0] == '-');
    const std::string digits = text.substr(text[0] == '+' ? 1 : 0);
    const char *begin = digits.data(), *end = begin + digits.size();
    if (!(text[sign ? 1 : 0] >= '0' && text[sign ? 1 : 0] <= '9') && text[sign ? 1 : 0] != '.') return {};
    std::int64_t whole = 0;
    if (const auto [stop, failure] = std::from_chars(begin, end, whole);
        stop == end && failure == std::errc())
        return whole;
    double real = 0;
    if (const auto [stop, failure] = std::from_chars(begin, end, real); stop == end && failure == std::errc())
        return real;
    return {};
}

// What an unquoted word means to the readers that these tools use: YAML 1.1 for the words, and numbers such
// as 1e-3 too.
json::Value plain_value(const std::string& text) {
    const std::string word = lower_case(text);
    if (word.empty() || word == "~" || word == "null") return nullptr;
    if (word == "true" || word == "yes" || word == "on") return true;
    if (word == "false" || word == "no" || word == "off") return false;
    if (auto number = number_of(text)) return *number;
    return text;
}

class Reader {
public:
    explicit Reader(Source& source) : source_(source) {}

    json::Value read(const YAML::Node& node, const std::string& pointer, int depth) {
        const int line = node.Mark().line + 1;
        if (++values_ > most_values) throw Unreadable{"the file stands for too many values", line};
        if (depth > json::depth_limit) throw Unreadable{"the file is nested too deeply", line};
        source_.lines[pointer] = line;
        if (node.IsMap()) return read_map(node, pointer, depth);
        if (node.IsScalar()) return read_scalar(node, line);
        json::Value list = node.IsSequence() ? json::Value::array() : json::Value(nullptr);
        for (std::size_t i = 0; node.IsSequence() && i < node.size(); ++i)
            list.push_back(read(node[i], fmt::format("{}/{}", pointer, i), depth + 1));
        return list;
    }

private:
    json::Value read_map(const YAML::Node& node, const std::string& pointer, int depth) {
        json::Value object = json::Value::object();
        std::set<std::string> keys;
        for (const auto& item : node) {
            const int line = item.first.Mark().line + 1;
            if (!item.first.IsScalar()) throw Unreadable{"a key must be a word", line};
            const std::string& key = item.first.Scalar();
            if (key == "<<")
                throw Unreadable{"merge keys are not read: write out what '<<' stands for", line};
            if (!keys.insert(key).second) throw Unreadable{"the key '" + key + "' is there twice", line};
            const std::string place = pointer + "/" + json::escape_pointer(key);
            json::append(object, key, read(item.second, place, depth + 1));
            source_.lines[place] = line;
        }
        return object;
    }

    json::Value read_scalar(const YAML::Node& node, int line) {
        const bool text = node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str";
        if (!valid_utf8(node.Scalar())) throw Unreadable{"the file is not UTF-8", line};
        return text ? json::Value(node.Scalar()) : plain_value(node.Scalar());
    }

    Source& source_;
    std::size_t values_ = 0;
};

tl::unexpected<Error> unreadable(const std::string& file, std::string what, int line) {
    return fail({Code::invalid, std::move(what), file, {}, line, {}});
}

Result<Source> read_yaml(const std::string& text, const std::string& file) {
    try {
        Source source;
        source.value = Reader(source).read(YAML::Load(text), "", 0);
        return source;
    } catch (const Unreadable& error) {
        return unreadable(file, error.what, error.line);
    } catch (const YAML::Exception& error) {
        return unreadable(file, "this is no YAML: " + error.msg, error.mark.line + 1);
    }
}

}  // namespace

Result<Source> read_source(const std::string& text, const std::string& file) {
    if (std::ssize(text) > document_limit)
        return unreadable(file, fmt::format("the file is larger than {}", format_bytes(document_limit)), 0);
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == text.npos) return unreadable(file, "the file is empty", 0);
    if (text[first] != '{' && text[first] != '[') return read_yaml(text, file);
    auto value = json::parse(text, file);
    if (value) return Source{std::move(*value), {}};
    value.error().code = Code::invalid;
    return fail(value.error());
}

}  // namespace tw::foreign
