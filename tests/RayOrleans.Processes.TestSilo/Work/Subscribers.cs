using System.Globalization;

namespace RayOrleans.Processes.TestSilo.Work;

/// <summary>Tasks that follow objects of others: each asks the table where its object is, and is told when that is made.</summary>
internal static class Subscribers
{
    /// <summary>Once it is there, what is waited for is made.</summary>
    public const string GoKey = "go";

    /// <summary>There once the reader with that number waits.</summary>
    public static string WaitsKey(int number) => string.Create(CultureInfo.InvariantCulture, $"waits {number}");

    /// <summary>Makes a number when it may.</summary>
    public static async Task<int> Make(int number)
    {
        while (await Ray.Kv.GetAsync(GoKey) is null)
        {
            // Keys tell nobody that they are written.
            await Task.Delay(50);
        }

        return 2 * number;
    }

    /// <summary>Waits for a number, and gives the next one.</summary>
    public static async Task<int> Read(List<ObjectRef<int>> references, int number)
    {
        await Ray.Kv.PutAsync(WaitsKey(number), new byte[] { 1 });
        return await references[0] + 1;
    }
}
