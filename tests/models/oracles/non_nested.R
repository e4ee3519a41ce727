# Vuong's statistics by pscl, for tests/models/test_non_nested.py.
#
#   Rscript non_nested.R        writes non_nested.csv
#
# Needs MASS and pscl, whose variance has n - 1 in the denominator. Data: R's warpbreaks, in data.csv too.
suppressMessages({library(MASS); library(pscl)})
rows <- list()
tested <- function(case, one, other) {
  m <- predprob(one); l <- function(fit) { p <- predprob(fit); log(p[cbind(seq_along(fit$y), fit$y + 1)]) }
  d <- l(one) - l(other); n <- length(d); k <- c(attr(logLik(one), "df"), attr(logLik(other), "df"))
  printed <- capture.output(vuong(one, other))
  value <- function(name) as.numeric(strsplit(trimws(sub(name, "", grep(name, printed, value = TRUE))), " +")[[1]][1])
  rows[[case]] <<- data.frame(case, printed_raw = value("Raw"), printed_aic = value("AIC-corrected"),
                              printed_bic = value("BIC-corrected"), statistic = sqrt(n) * mean(d) / sd(d),
                              higher = sum(d > 0), llf = sum(l(one)), other_llf = sum(l(other)), k = k[1], other_k = k[2])
}
tight <- glm.control(epsilon = 1e-14, maxit = 200)
wool <- glm(breaks ~ wool, poisson, warpbreaks, control = tight)
tension <- glm(breaks ~ tension, poisson, warpbreaks, control = tight)
tested("poisson", wool, tension)
nb_wool <- glm.nb(breaks ~ wool, warpbreaks, control = tight)
nb_tension <- glm.nb(breaks ~ tension, warpbreaks, control = tight)
tested("negative binomial", nb_wool, nb_tension)
tested("of two families", nb_wool, tension)
write.csv(do.call(rbind, rows), "non_nested.csv", row.names = FALSE, quote = FALSE)
