namespace CartPole.Simulation;

/// <summary>
/// CartPole-v1: a pole on a cart that is pushed left or right, 50 times a second. The physics and constants are those of
/// Barto, Sutton and Anderson (1983), as the Gym environment of that name has them.
/// </summary>
public static class CartPoleWorld
{
    /// <summary>An episode ends after so many steps at the latest, so this is also the best return.</summary>
    public const int MaxSteps = 500;

    private const double Gravity = 9.8;
    private const double CartMass = 1.0;
    private const double PoleMass = 0.1;
    private const double TotalMass = CartMass + PoleMass;
    private const double HalfLength = 0.5;
    private const double PoleMoment = PoleMass * HalfLength;
    private const double Force = 10.0;
    private const double SecondsPerStep = 0.02;
    private const double MaxPosition = 2.4;
    private const double MaxAngle = 12 * Math.PI / 180;
    private const double StartRange = 0.05;

    /// <summary>A start: every quantity uniform between -0.05 and 0.05.</summary>
    public static CartPoleState Start(RandomSource random) =>
        new(
            random.NextUniform(-StartRange, StartRange),
            random.NextUniform(-StartRange, StartRange),
            random.NextUniform(-StartRange, StartRange),
            random.NextUniform(-StartRange, StartRange));

    /// <summary>One Euler step with a push to the right or to the left.</summary>
    public static CartPoleState Step(CartPoleState state, bool pushRight)
    {
        double force = pushRight ? Force : -Force;
        (double sine, double cosine) = Math.SinCos(state.Angle);
        double push = (force + (PoleMoment * state.AngularVelocity * state.AngularVelocity * sine)) / TotalMass;
        double angularAcceleration = ((Gravity * sine) - (cosine * push))
            / (HalfLength * ((4.0 / 3.0) - (PoleMass * cosine * cosine / TotalMass)));
        double acceleration = push - (PoleMoment * angularAcceleration * cosine / TotalMass);
        return new(
            state.Position + (SecondsPerStep * state.Velocity),
            state.Velocity + (SecondsPerStep * acceleration),
            state.Angle + (SecondsPerStep * state.AngularVelocity),
            state.AngularVelocity + (SecondsPerStep * angularAcceleration));
    }

    /// <summary>Whether the cart has left the track or the pole has fallen over.</summary>
    public static bool HasFailed(CartPoleState state) =>
        Math.Abs(state.Position) > MaxPosition || Math.Abs(state.Angle) > MaxAngle;
}
