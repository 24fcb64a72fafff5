#include "optimize/pruner.hpp"

#include <fmt/format.h>

namespace tw {
namespace {

class NoPruner final : public Pruner {
public:
    Verdict report(const std::string&, std::int64_t, double) override { return Verdict::keep; }
};

}  // namespace

Result<std::unique_ptr<Pruner>> make_pruner(const PrunerSpec& spec) {
    if (spec.type == "none") return std::make_unique<NoPruner>();
    return fail({Code::invalid,
                 fmt::format("there is no pruner \"{}\"; there is only none", spec.type),
                 {},
                 "/optimizer/pruner/type",
                 0,
                 "leave \"pruner\" out"});
}

}  // namespace tw
