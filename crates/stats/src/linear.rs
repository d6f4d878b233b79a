//! Linear algebra for the small symmetric systems of the models in this crate.

/// A square matrix, row by row.
pub(crate) type Matrix = Vec<Vec<f64>>;

/// The lower triangle L with L·Lᵀ = `matrix`, none unless the matrix is positive definite.
pub(crate) fn cholesky(matrix: &Matrix) -> Option<Matrix> {
    let size = matrix.len();
    let mut lower = vec![vec![0.0; size]; size];
    for i in 0..size {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            let rest = matrix[i][j] - known;
            if i == j {
                // A pivot of rounding alone is a singular matrix.
                if rest.is_nan() || rest <= 1e-13 * matrix[i][i].abs() {
                    return None;
                }
                lower[i][i] = rest.sqrt();
            } else {
                lower[i][j] = rest / lower[j][j];
            }
        }
    }
    Some(lower)
}

/// The x with L·Lᵀ·x = `right`.
pub(crate) fn solve(lower: &Matrix, right: &[f64]) -> Vec<f64> {
    let size = lower.len();
    let mut x = right.to_vec();
    for i in 0..size {
        let known: f64 = (0..i).map(|k| lower[i][k] * x[k]).sum();
        x[i] = (x[i] - known) / lower[i][i];
    }
    for i in (0..size).rev() {
        let known: f64 = (i + 1..size).map(|k| lower[k][i] * x[k]).sum();
        x[i] = (x[i] - known) / lower[i][i];
    }
    x
}

/// The inverse of L·Lᵀ.
pub(crate) fn inverse(lower: &Matrix) -> Matrix {
    let size = lower.len();
    (0..size)
        .map(|column| {
            let mut unit = vec![0.0; size];
            unit[column] = 1.0;
            solve(lower, &unit)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_undoes_the_matrix() {
        let matrix = vec![vec![4.0, 2.0, 0.6], vec![2.0, 5.0, 1.0], vec![0.6, 1.0, 3.0]];
        let lower = cholesky(&matrix).unwrap();
        let inverse = inverse(&lower);
        for (i, row) in matrix.iter().enumerate() {
            for j in 0..3 {
                let entry: f64 = row.iter().zip(&inverse).map(|(a, inverse)| a * inverse[j]).sum();
                assert!((entry - f64::from(u8::from(i == j))).abs() < 1e-14);
            }
        }
        let x = solve(&lower, &[1.0, 2.0, 3.0]);
        for (row, right) in matrix.iter().zip([1.0, 2.0, 3.0]) {
            assert!((row.iter().zip(&x).map(|(a, x)| a * x).sum::<f64>() - right).abs() < 1e-14);
        }
    }

    #[test]
    fn a_singular_or_indefinite_matrix_has_no_triangle() {
        assert_eq!(cholesky(&vec![vec![1.0, 1.0], vec![1.0, 1.0]]), None);
        assert_eq!(cholesky(&vec![vec![1.0, 2.0], vec![2.0, 1.0]]), None);
        assert_eq!(cholesky(&vec![vec![f64::NAN]]), None);
    }
}
