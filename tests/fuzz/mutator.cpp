#include <algorithm>
#include <functional>

#include "fuzz/corpus.hpp"

namespace tw::fuzz {

// xorshift64*: the same on every machine and library.
std::size_t Mutator::below(std::size_t bound) {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<std::size_t>((state_ * 2685821657736338717ull) >> 33) %
           std::max<std::size_t>(bound, 1);
}

std::string Mutator::next() {
    std::string bytes = samples_[below(samples_.size())].bytes;
    for (std::size_t left = 1 + below(4); left > 0; --left) change(bytes);
    return bytes;
}

void Mutator::change(std::string& bytes) {
    const std::size_t at = below(bytes.size() + 1), size = std::min(1 + below(16), bytes.size() - at);
    const std::string& other = samples_[below(samples_.size())].bytes;
    const std::string part = bytes.substr(at, size);
    switch (below(7)) {
        case 0: bytes.insert(at, 1, static_cast<char>(below(256))); break;
        case 1: bytes.erase(at, size); break;
        case 2: bytes = bytes.substr(0, at) + other.substr(below(other.size() + 1)); break;
        case 3: bytes.insert(below(bytes.size() + 1), part); break;
        case 4:
            std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                         bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
            break;
        case 5: bytes.insert(at, other.substr(below(other.size() + 1), 1 + below(32))); break;
        default:
            if (size > 0) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
    }
}

namespace {

constexpr std::size_t largest = 1 << 20;

std::string repeated(const std::string& head, const std::string& unit, const std::string& tail = {}) {
    std::string text = head;
    while (text.size() + unit.size() + tail.size() <= largest) text += unit;
    return text + tail;
}

// Each with its number in the place of '#'.
std::string numbered(const std::string& head, const std::string& unit, const std::string& tail) {
    std::string text = head;
    const std::size_t place = unit.find('#');
    for (int i = 0; text.size() + unit.size() + 8 + tail.size() <= largest; ++i)
        text += unit.substr(0, place) + std::to_string(i) + unit.substr(place + 1);
    return text + tail;
}

}  // namespace

std::vector<std::string> bombs() {
    const std::string name(largest / 2, 'n');
    std::vector<std::string> list = {
        numbered("{\"format\":1", ",\"k#\":1", "}"),
        numbered("{\"format\":1,\"space\":{\"a\":{\"type\":\"fixed\",\"value\":1}",
                 ",\"a#\":{\"when\":{\"b#\":1}}", "}}"),
        numbered("{\"format\":1,\"objectives\":[{\"name\":\"a\"}", ",{\"name\":\"a#\"}", "]}"),
        numbered("{\"format\":1,\"stages\":[{\"name\":\"a\"}", ",{\"name\":\"a#\"}", "]}"),
        repeated("{\"format\":1,\"stages\":[{\"name\":\"a\"}", ",{\"name\":\"a\"}", "]}"),
        repeated("{\"" + name + "\":{\"a\":1", ",\"a\":1", "}}"),
        repeated("{\"" + name + "\":[1", ",1", "],\"a\\u0000\":1}"),
        repeated("{\"format\":1,\"space\":{\"" + name + "\":{\"a\":1", ",\"a\":1", "}}}"),
        numbered("{\"format\":1,\"space\":{\"" + name + "\":{\"a\":1", ",\"a#\":1", "}}}"),
        repeated("{\"a\":\"", "\\u0001", "\"}"),
        repeated("{\"a\":", "9", "}"),
        repeated("{\"a\":1e", "9", "}"),
        repeated("{\"a\":0.", "0", "1}"),
        repeated("{\"event\":\"", "e", "\"}"),
        repeated("queue 1000000 in (", "a ", ")"),
        "executable=a\narguments=" + std::string(60000, 'x') + "\nqueue 1000000\n",
        repeated("executable=a\n", "a=$(a)x\n", "\nqueue\n"),
        repeated("executable=a\nqueue a", ",b", " in (1 2 3)\n"),
        repeated("executable=a\nqueue a", ",b", " in (") + repeated("", "1 ", ")\n")};
    for (const char* unit :
         {"[", "{\"a\":", "\"",  "\\", "-",  "/*", "//", "0", "a",    " ",  "\n",    "\xEF\xBB\xBF", "\xFF",
          ".", "$(",      "$F(", "(",  "1:", "{",  "]",  "N", "{}\n", "a.", "a=b\n", "queue\n",      "1h "})
        list.push_back(repeated("", unit));
    list.push_back(std::string(largest, '\0'));
    return list;
}

}  // namespace tw::fuzz
