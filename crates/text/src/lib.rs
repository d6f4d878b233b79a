//! Reading prose: sentences, words, numbers, dates, names and identifiers with their spans, normal forms and similarity.
