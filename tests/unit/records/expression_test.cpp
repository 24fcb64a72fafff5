#include "records/expression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "records/space.hpp"

namespace tw {
namespace {

using testing::HasSubstr;

Space space() {
    Space space;
    const auto number = [&](const char* name, ParameterType type) {
        Parameter parameter{name, type};
        parameter.low = 0, parameter.high = 1000;
        space.parameters.push_back(parameter);
    };
    for (const char* name : {"a", "b", "c", "weight-decay", "net.width", "or"})
        number(name, ParameterType::real);
    number("n", ParameterType::integer);
    Parameter kind{"kind", ParameterType::categorical};
    kind.choices = {"adam", "sgd", true, nullptr, std::int64_t{3}};
    space.parameters.push_back(kind);
    Parameter flag{"flag", ParameterType::categorical};
    flag.choices = {true, false};
    space.parameters.push_back(flag);
    return space;
}

bool holds(const std::string& text, const Params& params) {
    const auto expression = Expression::parse(text, space());
    EXPECT_TRUE(expression) << text << ": " << (expression ? "" : expression.error().text());
    return expression && expression->holds(params);
}

const Params values{{"a", 2.0},
                    {"b", 3.0},
                    {"c", 0.0},
                    {"weight-decay", 0.5},
                    {"net.width", 64.0},
                    {"or", 1.0},
                    {"n", std::int64_t{7}},
                    {"kind", "sgd"},
                    {"flag", true}};

TEST(Expressions, Hold) {
    for (const char* text : {
             "a + b * 2 == 8",
             "(a + b) * 2 == 10",
             "b - a - 1 == 0",
             "12 / a / b == 2",
             "-a ^ 2 == -4",
             "a ^ b ^ a == 512",
             "a ^ -1 == 0.5",
             "--a == 2",
             "n % 4 == 3",
             "-n % 4 == 1",
             "n % 2.5 == 2",
             "a < b and b > a",
             "a <= 2 and a >= 2 and a != b",
             "a == 3 or b == 3",
             "not a == b",
             "not not a == 2",
             "a == 1 and c == 1 or b == 3",
             "a == 1 and (c == 1 or b == 3) or flag",
             "kind == 'sgd'",
             "kind == \"sgd\"",
             "kind != 'adam'",
             "kind != 3",
             "kind != null",
             "kind != true",
             "flag",
             "not flag == false",
             "flag == true",
             "{weight-decay} < 1",
             "net.width == 64",
             "{or} == 1",
             "{a} == a",
             "min(a, b, 1) == 1",
             "max(a, b, n) == 7",
             "min(a) == 2",
             "abs(-a) == 2",
             "log(exp(a)) == a",
             "sqrt(4) == a",
             "floor(2.7) == a",
             "ceil(1.2) == a",
             "round(1.5) == a",
             "round(-1.5) == -a",
             "1e1 == a + 8",
             "0.25e-1 * 80 == a",
             "\n a\t==\r 2 ",
             "active(a) and a == 2",
             "n == 7.0",
         })
        EXPECT_TRUE(holds(text, values)) << text;
    for (const char* text : {"a > b", "a == 3", "not flag", "kind == 'adam'", "a < 2 or b < 3",
                             "a == 2 and b == 2", "not active(a)", "kind == null", "kind == true"})
        EXPECT_FALSE(holds(text, values)) << text;
}

TEST(Expressions, WhatCannotBeComputedComparesFalse) {
    for (const char* nan : {"sqrt(-a)", "log(-a)", "c / c", "a % c", "kind + 1", "min(a, c / c)",
                            "max(c / c, a)", "(c / c) ^ 0", "1 ^ (c / c)", "-(c / c)"})
        for (const char* test : {"==", "!=", "<", "<=", ">", ">="}) {
            EXPECT_FALSE(holds(std::string(nan) + test + "a", values)) << nan << test;
            EXPECT_FALSE(holds(std::string("a ") + test + nan, values)) << nan << test;
        }
    EXPECT_TRUE(holds("a / c > 1e300", values)) << "infinity is a number";
    EXPECT_FALSE(holds("kind", values)) << "text is not true";
    EXPECT_TRUE(holds("not kind", values));
}

TEST(Expressions, WithAnInactiveParameterHold) {
    Params params = values;
    params.erase("b");
    EXPECT_TRUE(holds("b > 2000", params));
    EXPECT_TRUE(holds("a == 3 and b > 2000", params));
    EXPECT_FALSE(holds("active(b)", params));
    EXPECT_TRUE(holds("not active(b) and a == 2", params));
    EXPECT_FALSE(holds("active(b) or a == 3", params)) << "asking whether it is active does not mention it";
    EXPECT_EQ(Expression::parse("b < a and b > 0 and active(c)", space())->mentioned(),
              (std::vector<std::string>{"a", "b"}));
}

struct Mistake {
    std::string text, words, hint;
};

TEST(Expressions, MistakesAreToldWithTheirPlace) {
    const std::vector<Mistake> mistakes{
        {"", "line 1, column 1: something is missing at the end", ""},
        {"a <", "column 4: something is missing at the end", ""},
        {"(a < b", "column 7: something is missing", ""},
        {"a < b)", "column 6: ')' is not expected here", ""},
        {"a < b < c", "column 7: '<' is not expected here", "a <= b and b <= c"},
        {"a b", "column 3: 'b' is not expected here", ""},
        {"a == 1 and\n  d < 2", "line 2, column 3: there is no parameter 'd'", ""},
        {"kind == 'ä' or d == 1", "line 1, column 9: kind = 'ä' is not one of the choices", ""},
        {"flag or 'ä' == kind or d == 1", "line 1, column 9: kind = 'ä' is not one of the choices", ""},
        {"kind == 'adm'", "column 9: kind = 'adm' is not one of the choices", "did you mean 'adam'?"},
        {"weight-decay < 1", "column 1: there is no parameter 'weight'", "write {weight-decay}"},
        {"{weight_decay} < 1", "there is no parameter 'weight_decay'", "did you mean 'weight-decay'?"},
        {"widht == 1", "there is no parameter 'widht'", "known: a, b"},
        {"a = 1", "column 3: '=' is no sign of an expression", "write =="},
        {"a == 1 && b == 1", "column 8: '&' is no sign", "write and"},
        {"a == 1 || b == 1", "column 8: '|' is no sign", "write or"},
        {"!flag", "column 1: '!' is no sign", "write not"},
        {"a ** 2 == 1", "column 3: '**' is no sign", "write ^"},
        {"a == 1 ä", "column 8: 'ä' is no sign", ""},
        {"kind == 'sgd", "column 9: this ' has no end", "add '"},
        {"{a < 1", "column 1: this { has no end", "add }"},
        {"a < 1e999", "column 5: no double can hold", ""},
        {"a + 1", "column 1: this is a number, not true or false", "compare it"},
        {"a and b == 1", "column 1: this is a number; true or false is needed", ""},
        {"not a", "column 5: this is a number", ""},
        {"a + 'x' == 1", "column 5: this is text; a number is needed", ""},
        {"flag < 1", "column 1: this is true or false; a number is needed", ""},
        {"a == 'x'", "column 6: a number never equals text", ""},
        {"flag == 1", "column 9: true or false never equals a number", ""},
        {"-flag == 1", "column 2: this is true or false; a number", ""},
        {"flag ^ 2 == 1", "column 1: this is true or false; a number", ""},
        {"1 < 2", "column 1: no parameter is named", ""},
        {"sin(a) < 1", "column 1: there is no function 'sin'", "known: min"},
        {"abs(a, b) < 1", "column 1: 'abs' takes one value", ""},
        {"min() < a", "column 5: ')' is not expected here", ""},
        {"min(a, 1", "column 9: something is missing", ""},
        {"active(1)", "column 8: '1' is not expected here", "the name of a parameter"},
        {"active(a + b)", "column 10: '+' is not expected here", "the name of a parameter"},
        {"active(d)", "column 8: there is no parameter 'd'", ""},
        {"or == 1", "column 1: 'or' is not expected here", ""},
    };
    for (const Mistake& mistake : mistakes) {
        const auto expression = Expression::parse(mistake.text, space());
        ASSERT_FALSE(expression) << mistake.text;
        EXPECT_EQ(expression.error().code, Code::invalid);
        EXPECT_THAT(expression.error().what, HasSubstr(mistake.words)) << mistake.text;
        EXPECT_THAT(expression.error().hint, HasSubstr(mistake.hint)) << mistake.text;
    }
}

TEST(Expressions, DepthAndLengthHaveAnEnd) {
    const auto deep = [](int levels) {
        return std::string(static_cast<std::size_t>(levels), '(') + "a" +
               std::string(static_cast<std::size_t>(levels), ')') + " == 2";
    };
    EXPECT_TRUE(holds(deep(Expression::deepest), values));
    EXPECT_THAT(Expression::parse(deep(Expression::deepest + 1), space()).error().what,
                HasSubstr("column 102: more than 100 levels deep"));
    std::string powers = "a";
    for (int i = 0; i < 200; ++i) powers += "^1";
    EXPECT_THAT(Expression::parse(powers + " == 2", space()).error().what, HasSubstr("levels deep"));
    std::string minuses(Expression::longest - 6, '-');
    EXPECT_TRUE(holds(minuses + "a == 2", values)) << "no recursion";
    EXPECT_THAT(Expression::parse(minuses + "-a == 2", space()).error().what, HasSubstr("longer than 4096"));
}

TEST(Expressions, OfABrokenParameterNothingIsKnown) {
    const std::set<std::string> unsure{"kind", "a"};
    EXPECT_TRUE(Expression::parse("kind == 'other' and a == 'text'", space(), unsure));
    EXPECT_FALSE(Expression::parse("kind == 'other' and b == 'text'", space(), unsure));
}

TEST(Constraints, OfASpaceAreNoPartOfFitting) {
    Space limited = space();
    limited.parameters.erase(limited.parameters.begin() + 2, limited.parameters.end());
    limited.constraints.push_back(Expression::parse("a + b <= 10", limited).value());
    limited.constraints.push_back(Expression::parse("a < b", limited).value());
    const Params good{{"a", 2.0}, {"b", 3.0}}, bad{{"a", 4.0}, {"b", 3.5}};
    EXPECT_TRUE(meets_constraints(limited, good));
    EXPECT_TRUE(fits(limited, bad));
    EXPECT_TRUE(carry_over(limited, bad));
    EXPECT_EQ(broken_constraint(limited, bad)->text(), "a < b");
    EXPECT_EQ(meets_constraints(limited, bad).error().what,
              "the constraint 'a < b' does not hold with a = 4.0, b = 3.5");
}

}  // namespace
}  // namespace tw
