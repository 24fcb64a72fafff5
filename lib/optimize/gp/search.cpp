#include "optimize/gp/search.hpp"

#include <LBFGSB.h>

#include <algorithm>
#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace tw::gp {
namespace {

constexpr Eigen::Index everywhere = 512, around_anchors = 512, starts = 4;
constexpr int most_drawn = 20;  // rows, for one that meets the constraints
constexpr std::size_t most_tried_levels = 16;
constexpr double slack = 1e-9;

using Normal = boost::random::normal_distribution<double>;

double random_value(const SearchSpace& space, Eigen::Index i, Stream& stream) {
    const Column& column = space.columns[static_cast<std::size_t>(i)];
    const double u = draw_unit(stream);
    if (column.kind == ColumnKind::category) return std::floor(std::lerp(space.low(i), space.high(i) + 1, u));
    return std::lerp(space.low(i), space.high(i), u);
}

// Under the prior where that is inside.
double believed_value(const SearchSpace& space, Eigen::Index i, Stream& stream) {
    const Column& column = space.columns[static_cast<std::size_t>(i)];
    if (!column.prior.stated()) return random_value(space, i, stream);
    const double at = column.prior.quantile(draw_unit(stream));
    const double value = column.kind == ColumnKind::category ? category_at(at, column) : at;
    return value >= space.low(i) && value <= space.high(i) ? value : random_value(space, i, stream);
}

bool believes(const SearchSpace& space) {
    return std::any_of(space.columns.begin(), space.columns.end(),
                       [](const Column& c) { return c.prior.stated(); });
}

double reflected(double u, double low, double high) {
    if (u < low) u = 2 * low - u;
    if (u > high) u = 2 * high - u;
    return std::clamp(u, low, high);
}

// A few columns move, each by a step of a size that differs from candidate to candidate: Regis & Shoemaker,
// "Combining radial basis function surrogates and dynamic coordinate search" (2013).
Vector varied(const Vector& anchor, const SearchSpace& space, Stream& stream) {
    const double columns = static_cast<double>(anchor.size());
    const double share = std::max(1.0, columns * std::pow(draw_unit(stream), 2)) / columns;
    const double step = std::pow(10.0, -3 * draw_unit(stream)) * 0.5;
    const auto forced = static_cast<Eigen::Index>(draw_unit(stream) * columns);
    Vector row = anchor;
    for (Eigen::Index i = 0; i < row.size(); ++i)  // into the space, but for what is inactive
        if (row(i) >= 0) row(i) = std::clamp(row(i), space.low(i), space.high(i));
    Normal normal;
    for (Eigen::Index i = 0; i < row.size(); ++i) {
        if (draw_unit(stream) >= share && i != forced) continue;
        const Column& column = space.columns[static_cast<std::size_t>(i)];
        if (column.kind == ColumnKind::category)
            row(i) = random_value(space, i, stream);
        else if (column.kind == ColumnKind::ordered && column.levels.size() > 1)
            row(i) = reflected(
                row(i) + normal(stream) * std::max(step, 1.0 / static_cast<double>(column.levels.size())),
                space.low(i), space.high(i));
        else
            row(i) = reflected(row(i) + normal(stream) * step, space.low(i), space.high(i));
    }
    return space.snap(row);
}

// As often as it takes for a row that meets the constraints on parameters, and no more than is reasonable.
template <class Draw>
Vector feasible_row(const SearchSpace& space, const Draw& draw) {
    Vector row = draw();
    for (int i = 1; i < most_drawn && !space.snap.feasible(row); ++i) row = draw();
    return row;
}

// The last feasible row on the way from one that is.
Vector feasible_end(const SearchSpace& space, const Vector& start, const Vector& end) {
    if (space.snap.feasible(end)) return end;
    Vector reached = start;
    double low = 0, high = 1;
    for (int i = 0; i < 8; ++i) {
        const double middle = (low + high) / 2;
        const Vector row = space.snap(start + middle * (end - start));
        const bool good = space.snap.feasible(row);
        if (good) reached = row;
        (good ? low : high) = middle;
    }
    return reached;
}

bool among(const Vector& row, const Matrix& taken) {
    return ((taken.rowwise() - row.transpose()).cwiseAbs().rowwise().maxCoeff().array() < 1e-9).any();
}

// The real columns alone; a bound that equals the other holds a column where it is.
Vector climbed(const Acquisition& acquisition, const SearchSpace& space, const Vector& start) {
    Vector row = start, low = start, high = start;
    bool any = false;
    for (Eigen::Index i = 0; i < start.size(); ++i) {
        if (space.columns[static_cast<std::size_t>(i)].kind != ColumnKind::real) continue;
        low(i) = space.low(i);
        high(i) = space.high(i);
        row(i) = std::clamp(row(i), low(i), high(i));
        any = true;
    }
    if (!any) return start;
    LBFGSpp::LBFGSBParam<double> settings;
    settings.max_iterations = 30;
    settings.max_linesearch = 10;
    settings.epsilon = settings.epsilon_rel = 1e-5;
    settings.past = 1;
    settings.delta = 1e-6;
    const auto cost = [&](const Vector& x, Vector& gradient) {
        const double value = -acquisition.around(x, gradient);
        gradient = (-gradient.array() * (high - low).array()).matrix();
        return value;
    };
    double reached = 0;
    try {
        LBFGSpp::LBFGSBSolver<double> solver(settings);
        solver.minimize(cost, row, reached, low, high);
    } catch (const std::exception&) {  // a line search that finds nothing better
    }
    return row.allFinite() ? feasible_end(space, start, space.snap(row.cwiseMax(low).cwiseMin(high))) : start;
}

std::vector<double> values_to_try(const Column& column, double now) {
    if (column.levels.size() <= most_tried_levels) return column.levels;
    if (column.kind == ColumnKind::category) return {};
    const auto at = std::lower_bound(column.levels.begin(), column.levels.end(), now - 1e-9);
    std::vector<double> near;
    for (std::ptrdiff_t step : {-3, -2, -1, 1, 2, 3})
        if (const auto place = at - column.levels.begin() + step;
            place >= 0 && place < std::ssize(column.levels))
            near.push_back(column.levels[static_cast<std::size_t>(place)]);
    return near;
}

// Each value of each column that has few, the others as they are.
Matrix neighbours(const SearchSpace& space, const Vector& row) {
    std::vector<Vector> found;
    for (Eigen::Index i = 0; i < row.size(); ++i) {
        const Column& column = space.columns[static_cast<std::size_t>(i)];
        if (column.kind == ColumnKind::real) continue;
        for (const double value : values_to_try(column, row(i))) {
            if (value < space.low(i) - slack || value > space.high(i) + slack) continue;
            Vector other = row;
            other(i) = value;
            other = space.snap(other);
            if (space.snap.feasible(other)) found.push_back(std::move(other));
        }
    }
    Matrix rows(static_cast<Eigen::Index>(found.size()), row.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        rows.row(static_cast<Eigen::Index>(i)) = found[i].transpose();
    return rows;
}

struct Best {
    Vector row;
    double value = -std::numeric_limits<double>::infinity();
    bool free = false;  // not taken

    void offer(const Vector& other, double its, const Matrix& taken) {
        if (!std::isfinite(its) || (row.size() > 0 && its <= value && free)) return;
        const bool is_free = !among(other, taken);
        if (row.size() > 0 && (is_free == free ? its <= value : !is_free)) return;
        row = other;
        value = its;
        free = is_free;
    }
};

void improve(const Acquisition& acquisition, const SearchSpace& space, const Matrix& taken, Best& best,
             Vector row) {
    for (int round = 0; round < 2; ++round) {
        row = climbed(acquisition, space, row);
        best.offer(row, acquisition.at(row.transpose())(0), taken);
        const Matrix others = neighbours(space, row);
        if (others.rows() == 0) return;
        const Vector values = acquisition.at(others);
        for (Eigen::Index i = 0; i < others.rows(); ++i)
            best.offer(others.row(i).transpose(), values(i), taken);
        if (best.row == row) return;
        row = best.row;
    }
}

}  // namespace

Matrix candidates(const SearchSpace& space, const Matrix& anchors, Stream& stream) {
    Matrix rows(everywhere + around_anchors, static_cast<Eigen::Index>(space.columns.size()));
    Eigen::Index count = 0;
    const auto add = [&](const Vector& row) {
        if (space.snap.feasible(row)) rows.row(count++) = row.transpose();
    };
    for (Eigen::Index i = 0; i < everywhere; ++i)
        add(feasible_row(space, [&] { return random_row(space, stream); }));
    for (Eigen::Index i = 0; i < around_anchors; ++i) {
        const Vector anchor = anchors.row(i % anchors.rows()).transpose();
        add(feasible_row(space, [&] { return varied(anchor, space, stream); }));
    }
    return rows.topRows(count);
}

SearchSpace::SearchSpace(const std::vector<Column>& all, const Snap& snapper)
    : columns(all), snap(snapper), low(static_cast<Eigen::Index>(all.size())), high(low.size()) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool category = all[i].kind == ColumnKind::category;
        low(static_cast<Eigen::Index>(i)) = 0;
        high(static_cast<Eigen::Index>(i)) = category ? static_cast<double>(all[i].levels.size()) - 1 : 1;
    }
}

Vector random_row(const SearchSpace& space, Stream& stream) {
    Vector row(static_cast<Eigen::Index>(space.columns.size()));
    const bool believed = believes(space) && draw_unit(stream) < 0.5;
    for (Eigen::Index i = 0; i < row.size(); ++i)
        row(i) = believed ? believed_value(space, i, stream) : random_value(space, i, stream);
    return space.snap(row);
}

Vector best_of(const Acquisition& acquisition, const SearchSpace& space, Eigen::Index count, Stream& stream) {
    Matrix rows(count, static_cast<Eigen::Index>(space.columns.size()));
    for (Eigen::Index i = 0; i < count; ++i)
        rows.row(i) = feasible_row(space, [&] { return random_row(space, stream); }).transpose();
    Eigen::Index best = 0;
    acquisition.at(rows).maxCoeff(&best);
    return rows.row(best).transpose();
}

Vector maximise(const Acquisition& acquisition, const SearchSpace& space, const Matrix& anchors,
                const Matrix& taken, Stream& stream) {
    const Matrix rows = candidates(space, anchors, stream);
    if (rows.rows() == 0) return random_row(space, stream);
    const Vector values = acquisition.at(rows);
    std::vector<Eigen::Index> order(static_cast<std::size_t>(rows.rows()));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return values(a) > values(b); });
    Best best;
    for (const Eigen::Index i : order) best.offer(rows.row(i).transpose(), values(i), taken);
    for (Eigen::Index i = 0; i < std::min(starts, rows.rows()); ++i)
        improve(acquisition, space, taken, best, rows.row(order[static_cast<std::size_t>(i)]).transpose());
    return best.row.size() > 0 ? best.row : rows.row(0).transpose();
}

}  // namespace tw::gp
