# Bias-reduced estimates by R's brglm2 (Kosmidis 2023, version 0.9), for tests/models/test_bias_reduction.py.
#
#   Rscript bias_reduction.R   writes bias_reduction.csv (estimates), penalised.csv (tests, intervals), endometrial.csv (data)
#
# AS_mean solves the adjusted score with expected-information adjustments, correction takes the bias off the maximum.
# Where no maximum exists there is nothing to correct. A dispersion is taken through `transformation` to the kit's coordinate: inverse for a Gamma's shape, sqrt for a sd.
suppressMessages(library(brglm2))
rows <- list()
keep <- function(case, formula, family, data, transformation = "identity", types = c("AS_mean", "correction")) for (type in types) {
  fit <- glm(formula, family, data, method = "brglmFit", type = type, transformation = transformation, epsilon = 1e-12,
             maxit = 1000, slowit = 1)
  found <- coef(summary(fit))[, 1:2]
  rows[[paste(case, type)]] <<- data.frame(case, type, parameter = rownames(found), estimate = found[, 1], se = found[, 2])
  if (!family$family %in% c("binomial", "poisson")) {
    rows[[paste(case, type, "other")]] <<- data.frame(
      case, type, parameter = "dispersion", estimate = coef(fit, model = "dispersion")[[1]],
      se = sqrt(vcov(fit, model = "dispersion")[[1]]))
  }
}
data(endometrial)
for (link in c("logit", "probit", "cloglog"))
  keep(paste("endometrial", link), HG ~ NV + PI + EH, binomial(link), endometrial, types = "AS_mean")
keep("sprays poisson", count ~ spray, poisson(), InsectSprays)
keep("warpbreaks poisson sqrt", breaks ~ wool + tension, poisson("sqrt"), warpbreaks)
clotting <- data.frame(u = rep(c(5, 10, 15, 20, 30, 40, 60, 80, 100), 2), lot = rep(0:1, each = 9),
  time = c(118, 58, 42, 35, 27, 25, 21, 19, 18, 69, 35, 26, 21, 18, 16, 13, 12, 12))
keep("clotting gamma log", time ~ log(u) + lot, Gamma("log"), clotting, "inverse")
keep("clotting gamma inverse", time ~ log(u) + lot, Gamma("inverse"), clotting, "inverse")
keep("clotting normal", time ~ log(u) + lot, gaussian(), clotting, "sqrt")
# Penalised likelihood-ratio tests and profile intervals of a logistic regression (Heinze and Schemper 2002), by optim and
# uniroot on the penalised likelihood as it is written, with the information of all coefficients under a restriction too.
x <- model.matrix(HG ~ NV + PI + EH, endometrial); y <- endometrial$HG
penalised <- function(b) {
  p <- plogis(drop(x %*% b)); information <- crossprod(x, x * p * (1 - p))
  sum(dbinom(y, 1, p, log = TRUE)) + as.numeric(determinant(information)$modulus) / 2
}
unit <- c(1.5, 1.5, 0.04, 0.8)
highest <- function(held, values, start) {
  free <- setdiff(1:4, held); b <- start; b[held] <- values
  if (!length(free)) return(list(value = penalised(b), b = b))
  f <- function(q) { b[free] <- q * unit[free]; -penalised(b) }
  q <- b[free] / unit[free]
  for (i in 1:6) q <- optim(q, f, method = if (length(q) > 1 && i %% 2) "Nelder-Mead" else "BFGS",
                            control = list(reltol = 1e-15, maxit = 5000))$par
  b[free] <- q * unit[free]
  list(value = penalised(b), b = b)
}
best <- highest(integer(0), numeric(0), coef(glm(HG ~ NV + PI + EH, binomial, endometrial, method = "brglmFit")))
ends <- lapply(1:4, function(j) {
  off <- function(v) 2 * (best$value - highest(j, v, best$b)$value) - qchisq(0.95, 1)
  c(uniroot(off, best$b[j] - c(6, 0) * unit[j], tol = 1e-9)$root, uniroot(off, best$b[j] + c(0, 6) * unit[j], tol = 1e-9)$root,
    2 * (best$value - highest(j, 0, best$b)$value))
})
found <- data.frame(parameter = colnames(x), do.call(rbind, ends)); names(found)[2:4] <- c("lower", "upper", "statistic")
found <- rbind(found, data.frame(parameter = "NV PI EH", lower = NA, upper = NA,
                                 statistic = 2 * (best$value - highest(2:4, c(0, 0, 0), best$b)$value)))
found[, 2:4] <- lapply(found[, 2:4], function(x) sprintf("%.9g", x))
write.csv(found, "penalised.csv", row.names = FALSE, quote = FALSE)
table <- do.call(rbind, rows)
table[, 4:5] <- lapply(table[, 4:5], function(x) sprintf("%.15g", x))
write.csv(table, "bias_reduction.csv", row.names = FALSE, quote = FALSE)
write.csv(endometrial, "endometrial.csv", row.names = FALSE, quote = FALSE)
