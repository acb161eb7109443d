namespace RayOrleans.Runtime.Tests;

/// <summary>A synchronous actor that counts.</summary>
public sealed class Counter(int start, string name = "") : IDisposable
{
    private int _value = start;

    public int Add(int amount) => _value += amount;

    public int Value() => _value;

    /// <summary>Says that it runs, and blocks until the signal of that name is set.</summary>
    public int Hold(string gate)
    {
        Signal.Of(gate + ".running").Set();
        Signal.Of(gate).Wait();
        return _value;
    }

    public int Fail(string message) => throw new InvalidOperationException(message);

    public void Note(string log, string line) => Signal.Of(log).Write(line);

    public void Dispose()
    {
        if (name.Length > 0)
        {
            Signal.Of(name).Hit();
            Signal.Of(name).Set();
        }
    }
}
