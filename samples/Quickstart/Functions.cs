using System.Runtime.CompilerServices;

namespace Quickstart;

/// <summary>Ordinary methods. Nothing about them says that they will run remotely.</summary>
public static class Functions
{
    /// <summary>A function of two arguments.</summary>
    public static int Add(int a, int b) => a + b;

    /// <summary>A function that submits tasks itself.</summary>
    public static async Task<int> Fibonacci(int n)
    {
        if (n < 2)
        {
            return n;
        }

        ObjectRef<int> left = Ray.Remote(Fibonacci, n - 1);
        ObjectRef<int> right = Ray.Remote(Fibonacci, n - 2);
        return await left + await right;
    }

    /// <summary>A function with two results.</summary>
    public static (int Quotient, int Remainder) DivRem(int a, int b) => Math.DivRem(a, b);

    /// <summary>A function that takes a while.</summary>
    public static async Task<int> SlowSquare(int n, int milliseconds)
    {
        await Task.Delay(milliseconds);
        return n * n;
    }

    /// <summary>A function that makes its results one by one.</summary>
    public static async IAsyncEnumerable<string> Countdown(int from, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (int n = from; n > 0; n--)
        {
            await Task.Delay(10, cancellationToken);
            yield return $"{n}...";
        }

        yield return "lift-off";
    }

    /// <summary>A function that fails.</summary>
    public static int Withdraw(int balance, int amount) =>
        balance >= amount ? balance - amount : throw new InvalidOperationException($"{amount} is more than {balance}.");

    /// <summary>The process that a task runs in.</summary>
    public static int ProcessId() => Environment.ProcessId;

    /// <summary>The numbers from 0 on.</summary>
    public static long[] Numbers(int count) => [.. Enumerable.Range(0, count)];

    /// <summary>Adds the elements that both have; the rest are those of the longer one.</summary>
    public static long[] AddAll(long[] a, long[] b)
    {
        long[] sum = [.. b];
        for (int i = 0; i < a.Length; i++)
        {
            sum[i] += a[i];
        }

        return sum;
    }

    /// <summary>What the node that runs this did for objects and tasks that cross nodes.</summary>
    public static IReadOnlyList<FlowEvent> StepsOfThisNode() => Ray.State.Flow();

    /// <summary>A function that never ends by itself.</summary>
    public static async Task<int> WaitForever(int answer, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return answer;
    }
}
