namespace CartPole.Simulation;

/// <summary>Where the cart and the pole are.</summary>
/// <param name="Position">Of the cart, in metres from the middle of the track.</param>
/// <param name="Velocity">Of the cart, in metres per second.</param>
/// <param name="Angle">Of the pole, in radians from upright.</param>
/// <param name="AngularVelocity">Of the pole, in radians per second.</param>
public readonly record struct CartPoleState(double Position, double Velocity, double Angle, double AngularVelocity);
