using CartPole.Learning;
using CartPole.Simulation;

namespace RayOrleans.Samples.Tests.CartPole;

public sealed class CartPoleWorldTests
{
    [Fact]
    public void Step_FromRestPushedRight_FollowsThePublishedEquations()
    {
        // Worked by hand: at rest and upright the push is 10 / 1.1, the pole's share 1 / (0.5 * (4/3 - 0.1/1.1)).
        CartPoleState next = CartPoleWorld.Step(default, pushRight: true);
        double angular = -(10 / 1.1) / (0.5 * ((4.0 / 3.0) - (0.1 / 1.1)));
        double linear = (10 / 1.1) - (0.05 * angular / 1.1);

        Assert.Equal(0, next.Position);
        Assert.Equal(0, next.Angle);
        Assert.Equal(0.02 * linear, next.Velocity, 12);
        Assert.Equal(0.02 * angular, next.AngularVelocity, 12);
        Assert.Equal(0.195122, next.Velocity, 6);
        Assert.Equal(-0.292683, next.AngularVelocity, 6);
    }

    [Fact]
    public void Step_PushedLeft_MirrorsRight()
    {
        CartPoleState state = new(0.1, -0.2, 0.03, 0.4);
        CartPoleState mirrored = new(-0.1, 0.2, -0.03, -0.4);

        CartPoleState right = CartPoleWorld.Step(state, pushRight: true);
        CartPoleState left = CartPoleWorld.Step(mirrored, pushRight: false);

        Assert.Equal(new CartPoleState(-right.Position, -right.Velocity, -right.Angle, -right.AngularVelocity), left);
    }

    [Theory]
    [InlineData(2.39, 0, false)]
    [InlineData(-2.41, 0, true)]
    [InlineData(0, 11.9, false)]
    [InlineData(0, -12.1, true)]
    public void HasFailed_AtTheBounds_MatchesThePublishedLimits(double position, double degrees, bool failed) =>
        Assert.Equal(failed, CartPoleWorld.HasFailed(new(position, 0, degrees * Math.PI / 180, 0)));

    [Fact]
    public void Start_ManySeeds_StaysWithinTheRangeAndVaries()
    {
        CartPoleState[] starts = [.. Enumerable.Range(0, 200).Select(i => CartPoleWorld.Start(new RandomSource((ulong)i)))];

        Assert.All(starts, s => Assert.All([s.Position, s.Velocity, s.Angle, s.AngularVelocity], v => Assert.InRange(v, -0.05, 0.05)));
        Assert.Equal(200, starts.Distinct().Count());
    }

    [Fact]
    public void Run_AlwaysPushingOneWay_FallsOverWithinElevenSteps()
    {
        Policy alwaysRight = new(0, [.. new double[Policy.WeightCount - 1], 1.0]);

        Assert.All(Enumerable.Range(0, 50), i => Assert.InRange(Episodes.Run(alwaysRight, (ulong)i), 8, 11));
    }

    [Fact]
    public void Run_PolicyThatFollowsThePole_ReachesTheStepLimit()
    {
        // One unit that follows the angle and its velocity, and a little the cart.
        double[] weights = new double[Policy.WeightCount];
        (weights[0], weights[1], weights[2], weights[3], weights[5]) = (0.1, 0.3, 1, 2, 1);

        Assert.Equal(CartPoleWorld.MaxSteps, Episodes.Run(new Policy(0, weights), 7));
    }
}
