namespace Quickstart;

/// <summary>An ordinary class with state. As an actor it lives on some node, and its calls run one after the other.</summary>
public sealed class Counter(int start)
{
    private int _value = start;

    /// <summary>Adds to the counter.</summary>
    /// <returns>The new value.</returns>
    public int Add(int amount) => _value += amount;
}
