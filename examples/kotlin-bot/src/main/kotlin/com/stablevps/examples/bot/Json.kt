package com.stablevps.examples.bot

import com.stablevps.BillingCycle
import com.stablevps.Location
import com.stablevps.OpenEnum
import com.stablevps.PlanId
import kotlinx.serialization.KSerializer
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.PrimitiveSerialDescriptor
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import kotlinx.serialization.json.Json
import java.math.BigDecimal

/** The format of both files. An unknown field is refused. */
internal val json = Json { prettyPrint = true }

internal object PlanIdText : AsText<PlanId>("PlanId", PlanId::of, OpenEnum::value)

internal object BillingCycleText : AsText<BillingCycle>("BillingCycle", BillingCycle::of, OpenEnum::value)

internal object LocationText : AsText<Location>("Location", Location::of, OpenEnum::value)

/** Money is exact: a JSON string, because others would read a JSON number as floating point. */
internal object MoneyText : AsText<BigDecimal>("Money", ::BigDecimal, BigDecimal::toPlainString)

internal abstract class AsText<T>(
    name: String,
    private val read: (String) -> T,
    private val write: (T) -> String,
) : KSerializer<T> {
    override val descriptor = PrimitiveSerialDescriptor("bot.$name", PrimitiveKind.STRING)

    override fun serialize(
        encoder: Encoder,
        value: T,
    ) = encoder.encodeString(write(value))

    override fun deserialize(decoder: Decoder): T = read(decoder.decodeString())
}
