// Points of the unit cube as rows of a matrix that a Gaussian process can work on. Private to lib/optimize.
#pragma once

#include <Eigen/Dense>
#include <vector>

#include "optimize/history.hpp"
#include "optimize/prior.hpp"

namespace tw::gp {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

enum class ColumnKind { real, ordered, category };

// Column j belongs to coordinate j of the cube. Real and ordered parameters keep their unit coordinate, a
// category becomes its number among the choices. Where a parameter is inactive the row holds the middle, or
// the number -1: then two trials in which it is inactive do not differ in it, and the kernel stays one.
struct Column {
    ColumnKind kind = ColumnKind::real;
    std::vector<double> levels;  // every value of an ordered or categorical column; empty: too many to list
    AxisPrior prior;
};

std::vector<Column> columns_of(const UnitCube& cube);

// The number of the choice at `u` of the unit interval.
double category_at(double u, const Column& column);

// One row.
Vector features_of(const Point& point, const std::vector<Column>& columns);
Matrix features_of(const std::vector<Point>& points, const std::vector<Column>& columns);

// Its reverse, but for what is inactive; features lie in [0, 1] or are numbers of choices.
Point point_of(const Vector& features, const std::vector<Column>& columns);

// The nearest row that is a configuration: levels are met, and what its choices switch off is at its neutral
// value.
class Snap {
public:
    Snap(const UnitCube& cube, const std::vector<Column>& columns);
    Vector operator()(const Vector& features) const;

    // Of a row that is a configuration: it meets the constraints on parameters.
    bool feasible(const Vector& row) const;

private:
    const UnitCube& cube_;
    const std::vector<Column>& columns_;
    bool through_parameters_;
};

}  // namespace tw::gp
