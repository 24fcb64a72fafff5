// Private to the readers: takes an object apart and writes down every mistake. Not installed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "records/json_reader.hpp"

namespace tw {

struct Mistakes {
    std::string file;
    std::vector<Error> errors;
    std::size_t bytes = 0;

    // The first so many are kept: what comes then is nobody's reading, and could fill the memory.
    void add(std::string pointer, std::string what, std::string hint = {});
    bool full() const { return errors.size() >= json::most_mistakes || bytes >= json::most_mistake_bytes; }
    Error first(const std::string& text) const;  // with its line; there must be one
};

// Each getter leaves `out` alone when the key is absent or wrong, and says whether it was read.
// Keys that were never asked for are mistakes, reported by `refuse_unknown`.
class ObjectReader {
public:
    // Anything but an object is a mistake, and then it has no keys.
    ObjectReader(const json::Value& value, std::string pointer, Mistakes& mistakes);

    const json::Value* find(const std::string& key);
    const json::Value* require(const std::string& key);
    std::string at(const std::string& key) const;  // the pointer of a key
    void wrong(const std::string& key, std::string what, std::string hint = {});

    bool text(const std::string& key, std::string& out);
    bool boolean(const std::string& key, bool& out);
    bool real(const std::string& key, double& out);
    bool whole(const std::string& key, std::int64_t& out, std::int64_t least, std::int64_t most = INT64_MAX);
    bool whole(const std::string& key, int& out, int least);
    bool natural(const std::string& key, std::uint64_t& out);  // all 64 bits
    bool seconds(const std::string& key, Seconds& out);        // a number, or text such as "1h30m"
    bool bytes(const std::string& key, std::int64_t& out);     // a number, or text such as "2G"
    bool texts(const std::string& key, std::vector<std::string>& out);
    bool options(const std::string& key, std::map<std::string, std::string>& out);
    int one_of(const std::string& key, const std::vector<std::string>& words);  // the index; -1: not read

    // The key "format": from 1 to `newest`. A larger one is Code::newer_version.
    bool format(int newest);

    void refuse_unknown();

private:
    const json::Value& value_;
    std::string pointer_;
    Mistakes& mistakes_;
    std::vector<std::string> known_;

    bool plain_seconds(const std::string& key, const json::Value& found, Seconds& out);
    bool mismatch(const std::string& key, const char* wanted, const json::Value& found);
};

// "did you mean 'x'?", or all of them when none is near.
std::string suggestion(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace tw
