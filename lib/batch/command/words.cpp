#include "batch/command/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace tw::command {

// Reads one template from left to right.
class CommandReader {
public:
    CommandReader(const std::string& text, const std::vector<std::string>& names)
        : text_(text), names_(names) {}

    Result<CommandWords> read() {
        while (at_ < text_.size())
            if (auto taken = take(text_[at_]); !taken) return fail(taken.error());
        if (quote_ != 0) return wrong(fmt::format("a quote {} is not closed", quote_));
        if (depth_ != 0) return wrong("a [ is not closed");
        auto says = [](auto& piece) { return piece.kind == Kind::text || piece.kind == Kind::value; };
        if (!std::any_of(words_.pieces_.begin(), words_.pieces_.end(), says))
            return wrong("there is no command");
        return std::move(words_);
    }

private:
    using Kind = CommandWords::Kind;

    static tl::unexpected<Error> wrong(std::string what) { return fail(Code::invalid, std::move(what)); }
    void put(Kind kind, std::string text = {}) { words_.pieces_.push_back({kind, std::move(text)}); }

    Status take(char c) {
        ++at_;
        if (quote_ == '\'' || (quote_ == '"' && c == '"')) {
            if (c == quote_)
                quote_ = 0;
            else
                put(Kind::text, std::string(1, c));
        } else if (c == '\\') {
            if (at_ == text_.size()) return wrong("it ends with a backslash");
            put(Kind::text, std::string(1, text_[at_++]));
        } else if (c == '{') {
            return take_name();
        } else if (quote_ == '"') {
            put(Kind::text, std::string(1, c));
        } else {
            return take_bare(c);
        }
        return {};
    }

    Status take_bare(char c) {
        if (c == '\'' || c == '"') {
            quote_ = c;
            put(Kind::text);  // '' is a word
        } else if (c == ' ' || c == '\t' || c == '\n') {
            put(Kind::space);
        } else if (c == '[') {
            if (++depth_ > 1)
                return wrong("a [ stands inside of [ ]; quote it where it is meant as a character");
            put(Kind::open);
        } else if (c == ']') {
            if (--depth_ < 0) return wrong("a ] closes nothing; quote it where it is meant as a character");
            put(Kind::close);
        } else {
            put(Kind::text, std::string(1, c));
        }
        return {};
    }

    Status take_name() {
        std::size_t end = text_.find('}', at_);
        if (end == text_.npos) return wrong("a { is not closed");
        std::string name = text_.substr(at_, end - at_);
        at_ = end + 1;
        if (std::find(names_.begin(), names_.end(), name) == names_.end()) {
            std::string meant = did_you_mean(name, names_);
            return wrong(fmt::format("there is no value {{{}}}{}", name,
                                     meant.empty() ? "" : fmt::format(", did you mean {{{}}}?", meant)));
        }
        put(Kind::value, name);
        return {};
    }

    const std::string& text_;
    const std::vector<std::string>& names_;
    CommandWords words_;
    std::size_t at_ = 0;
    char quote_ = 0;
    int depth_ = 0;
};

class CommandWords::Filler {
public:
    Filler(const std::vector<Piece>& pieces, const Values& values) : pieces_(pieces), values_(values) {}

    std::vector<std::string> fill() {
        for (std::size_t i = 0; i < pieces_.size(); ++i) {
            if (pieces_[i].kind == Kind::open && !whole(i))
                while (pieces_[i].kind != Kind::close) ++i;
            else
                add(pieces_[i]);
        }
        end_word();
        return words_;
    }

private:
    bool whole(std::size_t open) const {
        for (std::size_t i = open; pieces_[i].kind != Kind::close; ++i)
            if (pieces_[i].kind == Kind::value && !value(pieces_[i])) return false;
        return true;
    }
    const std::vector<std::string>* value(const Piece& piece) const {
        auto found = values_.find(piece.text);
        return found == values_.end() || found->second.empty() ? nullptr : &found->second;
    }
    void add(const Piece& piece) {
        if (piece.kind == Kind::space) end_word();
        if (piece.kind == Kind::text) word_ = word_.value_or("") + piece.text;
        if (piece.kind != Kind::value) return;
        auto* words = value(piece);
        if (!words) return;
        for (std::size_t i = 0; i < words->size(); ++i) {
            if (i > 0) end_word();
            word_ = word_.value_or("") + (*words)[i];
        }
    }
    void end_word() {
        if (word_) words_.push_back(std::move(*word_));
        word_.reset();
    }

    const std::vector<Piece>& pieces_;
    const Values& values_;
    std::vector<std::string> words_;
    std::optional<std::string> word_;
};

Result<CommandWords> CommandWords::parse(const std::string& text, const std::vector<std::string>& names) {
    return CommandReader(text, names).read();
}

std::vector<std::string> CommandWords::fill(const Values& values) const {
    return Filler(pieces_, values).fill();
}

bool CommandWords::mentions(const std::string& name) const {
    return std::any_of(pieces_.begin(), pieces_.end(),
                       [&](auto& piece) { return piece.kind == Kind::value && piece.text == name; });
}

}  // namespace tw::command
