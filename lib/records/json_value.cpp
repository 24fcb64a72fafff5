#include <cmath>

#include "records/json_reader.hpp"

namespace tw::json {

std::string escape_pointer(const std::string& key) {
    std::string text;
    for (char c : key) {
        if (c == '~')
            text += "~0";
        else if (c == '/')
            text += "~1";
        else
            text += c;
    }
    return text;
}

bool number(const Value& value, double& out) {
    if (!value.is_number()) return false;
    out = value.get<double>();
    return true;
}

bool whole_number(const Value& value, std::int64_t& out) {
    if (value.is_number_float()) {
        const double real = value.get<double>();
        if (!(real >= -0x1p63 && real < 0x1p63) || std::floor(real) != real) return false;
        out = static_cast<std::int64_t>(real);
        return true;
    }
    if (!value.is_number()) return false;
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return false;
    out = value.get<std::int64_t>();
    return true;
}

bool is_scalar(const Value& value) {
    return value.is_primitive() && !value.is_binary();
}

Scalar scalar(const Value& value) {
    std::int64_t whole = 0;
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_float() || (value.is_number() && !whole_number(value, whole)))
        return value.get<double>();
    if (value.is_number()) return whole;
    return nullptr;
}

void append(Value& object, const std::string& key, Value value) {
    auto& entries = object.get_ref<Value::object_t&>();
    static_cast<Value::object_t::Container&>(entries).emplace_back(key, std::move(value));
}

Value value_of(const Scalar& scalar) {
    return std::visit([](const auto& value) { return Value(value); }, scalar);
}

const char* kind_name(const Value& value) {
    if (value.is_object()) return "an object";
    if (value.is_array()) return "a list";
    if (value.is_string()) return "a string";
    if (value.is_boolean()) return "true or false";
    if (value.is_null()) return "null";
    return "a number";
}

std::string dump(const Value& value, int indent) {
    return value.dump(indent, ' ', false, Value::error_handler_t::replace) + "\n";
}

}  // namespace tw::json
