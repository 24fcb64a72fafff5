#include <fmt/format.h>

#include "optimize/samplers.hpp"

namespace tw {
namespace {

class GridSampler final : public Sampler {
public:
    explicit GridSampler(Grid grid) : grid_(std::move(grid)) {}

    Result<Suggestion> ask(std::int64_t k) override {
        if (k < grid_.size()) return Suggestion{grid_.at(k), name()};
        return fail(Code::not_found,
                    fmt::format("the grid is complete: it has {} configurations", grid_.size()));
    }

    std::string name() const override { return "grid"; }
    std::optional<std::int64_t> limit() const override { return grid_.size(); }

private:
    Grid grid_;
};

}  // namespace

std::unique_ptr<Sampler> make_grid_sampler(Grid grid) {
    return std::make_unique<GridSampler>(std::move(grid));
}

}  // namespace tw
