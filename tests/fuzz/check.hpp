// What every reader is checked for.
#pragma once

#include <cmath>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>

#include "base/result.hpp"

namespace tw::fuzz {

struct Violation : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline void demand(bool holds, const std::string& what) {
    if (!holds) throw Violation(what);
}

inline const std::string file_name = "trials/000042/document";

// The error says something that can be shown to a person, and names the file where the reader knows it.
Code checked(const Error& error, const std::string& file);

// Written and read again it is written alike: nothing is lost, and the toolkit can read what it wrote.
template <class Document, class Read, class Write>
void survives(const Document& document, Read read, Write write) {
    const std::string text = write(document);
    const auto again = read(text);
    demand(again.has_value(), "what was written cannot be read again: " + text.substr(0, 2000));
    const std::string second = write(*again);
    demand(second == text,
           "written again it is another one:\n" + text.substr(0, 2000) + "\n" + second.substr(0, 2000));
}

void demand_finite(const std::map<std::string, double>& values);

}  // namespace tw::fuzz
