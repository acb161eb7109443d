using System.Text;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Drivers;

/// <summary>The form of answers to a driver that reads and writes the store from elsewhere.</summary>
internal static class RemoteAnswer
{
    private const byte Well = 0;
    private const int HeadBytes = 1;

    public static byte[] Done => [Well];

    public static byte[] Of(ReadOnlySpan<byte> content)
    {
        byte[] answer = GC.AllocateUninitializedArray<byte>(HeadBytes + content.Length);
        answer[0] = Well;
        content.CopyTo(answer.AsSpan(HeadBytes));
        return answer;
    }

    public static byte[] Failed(StoreRequestException e) => [(byte)(1 + (int)e.Failure), .. Encoding.UTF8.GetBytes(e.Message)];

    /// <exception cref="StoreRequestException">It was refused.</exception>
    public static ReadOnlyMemory<byte> Read(byte[] answer)
    {
        ReadOnlyMemory<byte> rest = answer.AsMemory(HeadBytes);
        return answer[0] == Well ? rest : throw new StoreRequestException((StoreFailure)(answer[0] - 1), Encoding.UTF8.GetString(rest.Span));
    }
}
