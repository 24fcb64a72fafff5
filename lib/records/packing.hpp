// Numbers and texts as bytes: little endian, a text or a list after its length in 32 bits. Private to this
// floor.
#pragma once

#include <bit>
#include <boost/endian/conversion.hpp>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace tw {

class Packer {
public:
    void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
    void whole(std::uint64_t value) { put(boost::endian::native_to_little(value)); }
    void number(std::int64_t value) { whole(static_cast<std::uint64_t>(value)); }
    void real(double value) { whole(std::bit_cast<std::uint64_t>(value)); }
    void count(std::size_t value) { put(boost::endian::native_to_little(static_cast<std::uint32_t>(value))); }
    void text(std::string_view text) {
        count(text.size());
        out_.append(text);
    }
    void raw(std::string_view packed) { out_.append(packed); }
    std::string take() { return std::move(out_); }

private:
    template <class T>
    void put(T value) {
        char bytes[sizeof value];
        std::memcpy(bytes, &value, sizeof value);
        out_.append(bytes, sizeof value);
    }

    std::string out_;
};

// What is not there is 0 or empty, and good() is false from then on.
class Unpacker {
public:
    explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

    std::uint8_t byte() { return get<std::uint8_t>(); }
    std::uint64_t whole() { return get<std::uint64_t>(); }
    std::int64_t number() { return static_cast<std::int64_t>(whole()); }
    double real() {  // a finite one: nothing else is ever written
        const auto value = std::bit_cast<double>(whole());
        good_ = good_ && std::isfinite(value);
        return good_ ? value : 0;
    }
    std::string_view view() { return take(get<std::uint32_t>()); }
    std::string text() { return std::string(view()); }

    // Of things that have a byte or more each; 0 if there cannot be so many.
    std::size_t count() {
        const std::size_t many = get<std::uint32_t>();
        good_ = good_ && many <= rest_.size();
        return good_ ? many : 0;
    }
    bool good() const { return good_; }
    bool at_end() const { return rest_.empty(); }
    void refuse() { good_ = false; }
    std::string_view rest() const { return rest_; }

private:
    std::string_view take(std::size_t size) {
        good_ = good_ && size <= rest_.size();
        if (!good_) return {};
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    template <class T>
    T get() {
        const std::string_view taken = take(sizeof(T));
        T value{};
        if (good_) std::memcpy(&value, taken.data(), sizeof value);
        return boost::endian::little_to_native(value);
    }

    std::string_view rest_;
    bool good_ = true;
};

}  // namespace tw
