#include "records/packed_config.hpp"

#include <algorithm>

#include "records/packing.hpp"

namespace tw {

namespace {

void pack(Packer& out, const Scalar& value) {
    out.byte(static_cast<std::uint8_t>(value.index()));
    if (auto* flag = std::get_if<bool>(&value)) out.byte(*flag);
    if (auto* number = std::get_if<std::int64_t>(&value)) out.number(*number);
    if (auto* number = std::get_if<double>(&value)) out.real(*number);
    if (auto* text = std::get_if<std::string>(&value)) out.text(*text);
}

Scalar unpack_scalar(Unpacker& in) {
    switch (in.byte()) {
        case 0: return nullptr;
        case 1: return in.byte() != 0;
        case 2: return in.number();
        case 3: return in.real();
        case 4: return in.text();
        default: in.refuse(); return nullptr;
    }
}

std::string pack(const Params& params) {
    Packer out;
    out.count(params.size());
    for (auto& [name, value] : params) {
        out.text(name);
        pack(out, value);
    }
    return out.take();
}

// Past a list of parameters, each name after the one before.
void skip_params(Unpacker& in) {
    std::string_view before;
    const std::size_t count = in.count();
    for (std::size_t i = 0; i < count && in.good(); ++i) {
        const std::string_view name = in.view();
        if (i > 0 && name <= before) in.refuse();
        before = name;
        switch (in.byte()) {
            case 0: break;
            case 1:
                if (in.byte() > 1) in.refuse();
                break;
            case 2: in.whole(); break;
            case 3: in.real(); break;
            case 4: in.view(); break;
            default: in.refuse();
        }
    }
}

void pack(Packer& out, const Proposal& proposal) {
    out.text(proposal.run);
    out.number(proposal.k);
    out.number(proposal.seen);
    out.whole(proposal.seed);
    out.byte(proposal.budget.has_value());
    out.real(proposal.budget.value_or(0));
    out.text(proposal.parent);
    out.text(proposal.sampler);
    out.number(proposal.revision);
}

Proposal unpack_proposal(Unpacker& in) {
    Proposal proposal;
    proposal.run = in.text();
    proposal.k = in.number();
    proposal.seen = in.number();
    proposal.seed = in.whole();
    const bool limited = in.byte() != 0;
    const double budget = in.real();
    if (limited) proposal.budget = budget;
    proposal.parent = in.text();
    proposal.sampler = in.text();
    proposal.revision = in.number();
    return proposal;
}

}  // namespace

PackedConfig::PackedConfig(Config config)
    : proposal(std::move(config.proposal)), other(std::move(config.other)), params_(pack(config.params)) {
}

Params PackedConfig::params() const {
    Params params;
    if (params_.empty()) return params;
    Unpacker in(params_);
    for (std::size_t left = in.count(); left > 0; --left) {
        std::string name = in.text();
        params.emplace_hint(params.end(), std::move(name), unpack_scalar(in));
    }
    return params;
}

bool PackedConfig::has(const Params& params) const {
    if (params_.empty()) return params.empty();
    Unpacker in(params_);
    if (in.count() != params.size()) return false;
    return std::all_of(params.begin(), params.end(), [&](auto& wanted) {
        return in.view() == wanted.first && same_value(unpack_scalar(in), wanted.second);
    });
}

PackedConfig PackedConfig::read(Unpacker& in) {
    PackedConfig config;
    config.proposal = unpack_proposal(in);
    const std::string_view begin = in.rest();
    skip_params(in);
    if (in.good()) config.params_ = begin.substr(0, begin.size() - in.rest().size());
    for (std::size_t left = in.count(); left > 0; --left) config.other.push_back(in.text());
    return config;
}

void PackedConfig::write(Packer& out) const {
    pack(out, proposal);
    if (params_.empty())
        out.count(0);
    else
        out.raw(params_);
    out.count(other.size());
    for (auto& name : other) out.text(name);
}

}  // namespace tw
