using CartPole.Simulation;

namespace CartPole.Learning;

/// <summary>A network of 4 inputs, <see cref="HiddenUnits"/> tanh units and one output whose sign says where to push. Immutable.</summary>
/// <param name="Version">How many updates have made it.</param>
/// <param name="Weights">Per hidden unit its 4 input weights, bias and output weight, then the output's bias.</param>
public sealed record Policy(int Version, double[] Weights)
{
    /// <summary>The size of the hidden layer.</summary>
    public const int HiddenUnits = 8;

    /// <summary>How many weights there are.</summary>
    public const int WeightCount = (HiddenUnits * WeightsPerUnit) + 1;

    private const int WeightsPerUnit = 6;

    /// <summary>A policy that has learnt nothing.</summary>
    public static Policy Untrained(int seed)
    {
        RandomSource random = new(RandomSource.Derive(seed, SeedPurpose.Weights, 0));
        double[] weights = new double[WeightCount];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = 0.1 * random.NextGaussian();
        }

        return new(0, weights);
    }

    /// <summary>The policy at some distance along a direction in the space of weights.</summary>
    public Policy Moved(ReadOnlySpan<double> direction, double distance)
    {
        double[] moved = new double[WeightCount];
        for (int i = 0; i < moved.Length; i++)
        {
            moved[i] = Weights[i] + (distance * direction[i]);
        }

        return this with { Weights = moved };
    }

    /// <summary>Which way to push.</summary>
    public bool PushesRight(CartPoleState state)
    {
        // Brought to about the same range, so that one size of noise suits every weight.
        double position = state.Position / 2.4;
        double velocity = state.Velocity / 2;
        double angle = state.Angle / 0.2;
        double angularVelocity = state.AngularVelocity / 2;
        double output = Weights[WeightCount - 1];
        ReadOnlySpan<double> unit = Weights;
        for (int i = 0; i < HiddenUnits; i++, unit = unit[WeightsPerUnit..])
        {
            double sum = (unit[0] * position) + (unit[1] * velocity) + (unit[2] * angle) + (unit[3] * angularVelocity) + unit[4];
            output += unit[5] * Math.Tanh(sum);
        }

        return output > 0;
    }
}
