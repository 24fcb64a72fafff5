// A config.json in a third of the memory, and as the optimizer's record has it: protocol/07, 7.9.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "records/documents.hpp"

namespace tw {

class Packer;
class Unpacker;

// Its parameters are bytes, for of tens of thousands of ended trials hardly ever are they asked for.
class PackedConfig {
public:
    PackedConfig() = default;
    explicit PackedConfig(Config config);

    Params params() const;
    bool has(const Params& params) const;  // those and no others, as same_value() has it

    // Nothing if the bytes are not what write() gives; they are skipped, then.
    static PackedConfig read(Unpacker& in);
    void write(Packer& out) const;

    Proposal proposal;
    std::vector<std::string> other;

private:
    std::string params_;  // a list of names, ascending, and values
};

}  // namespace tw
