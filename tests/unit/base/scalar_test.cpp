#include "base/scalar.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tw {
namespace {

using std::int64_t;

TEST(Scalars, Text) {
    EXPECT_EQ(to_text(nullptr), "null");
    EXPECT_EQ(to_text(true), "true");
    EXPECT_EQ(to_text(int64_t{-3}), "-3");
    EXPECT_EQ(to_text(3.0), "3.0");
    EXPECT_EQ(to_text(0.1), "0.1");
    EXPECT_EQ(to_text(1e300), "1e+300");
    EXPECT_EQ(to_text(-0.0), "-0.0");
    EXPECT_EQ(to_text(std::string("a b")), "a b");
}

TEST(Scalars, FromText) {
    EXPECT_EQ(scalar_from_text("3"), Scalar(int64_t{3}));
    EXPECT_EQ(scalar_from_text("-3"), Scalar(int64_t{-3}));
    EXPECT_EQ(scalar_from_text("0"), Scalar(int64_t{0}));
    EXPECT_EQ(scalar_from_text("3.0"), Scalar(3.0));
    EXPECT_EQ(scalar_from_text("1e-3"), Scalar(1e-3));
    EXPECT_EQ(scalar_from_text(".5"), Scalar(0.5));
    EXPECT_EQ(scalar_from_text("-.5"), Scalar(-0.5));
    EXPECT_EQ(scalar_from_text("99999999999999999999"), Scalar(1e20));
    EXPECT_EQ(scalar_from_text("true"), Scalar(true));
    EXPECT_EQ(scalar_from_text("null"), Scalar(nullptr));
}

TEST(Scalars, WordsStayWords) {
    for (const char* word : {"", "-", ".", "+3", "007", "-01", "0x10", "nan", "inf", "-inf", "infinity", "1e",
                             "1 ", " 1", "1,5", "3.0.0", "True", "adam", "1e999"})
        EXPECT_EQ(scalar_from_text(word), Scalar(std::string(word))) << word;
}

TEST(Scalars, RoundTrip) {
    for (double value :
         {0.1, 1.0 / 3, 1e-300, 5e-324, 1.7976931348623157e308, -2.5e-5, 123456789.123456789, 1e15, 1e16})
        EXPECT_EQ(scalar_from_text(to_text(value)), Scalar(value)) << value;
    for (int64_t value : {INT64_MIN, int64_t{-1}, int64_t{0}, INT64_MAX})
        EXPECT_EQ(scalar_from_text(to_text(value)), Scalar(value)) << value;
}

TEST(Scalars, SameValue) {
    EXPECT_TRUE(same_value(int64_t{1}, 1.0));
    EXPECT_TRUE(same_value(1.0, int64_t{1}));
    EXPECT_FALSE(same_value(int64_t{1}, 1.5));
    EXPECT_FALSE(same_value(int64_t{1}, std::string("1")));
    EXPECT_FALSE(same_value(int64_t{1}, true));
    EXPECT_FALSE(same_value(nullptr, false));
    EXPECT_TRUE(same_value(nullptr, nullptr));
    EXPECT_FALSE(same_value((int64_t{1} << 53) + 1, 0x1p53));
    EXPECT_FALSE(same_value(INT64_MAX, 0x1p63));
    EXPECT_FALSE(same_value(int64_t{0}, std::nan("")));
}

TEST(Scalars, AsNumber) {
    double out = 7;
    EXPECT_FALSE(as_number(true, out));
    EXPECT_FALSE(as_number(std::string("1"), out));
    EXPECT_EQ(out, 7);
    EXPECT_TRUE(as_number(int64_t{3}, out));
    EXPECT_EQ(out, 3);
    EXPECT_TRUE(as_number(2.5, out));
    EXPECT_EQ(out, 2.5);
}

}  // namespace
}  // namespace tw
